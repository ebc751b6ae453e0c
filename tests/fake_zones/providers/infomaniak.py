"""Infomaniak API 1: the domain as a product with an id, records below it, an envelope with result and data."""
from fake_zone import ZONE, Answer, absolute, need, relative

TOKEN = "infomaniak-right"
SETTINGS = {"access_token": TOKEN}
DENIED = "Authorization required"


def error(code, text):
    return {"result": "error", "error": {"code": code, "description": text}}


def handle(request, zone):
    need(request.origin == "https://api.infomaniak.com" and request.path[0] == "1", 404, "not found")
    need(request.header("Authorization") == "Bearer " + TOKEN, 401, error("not_authorized", "Authorization required"))
    if request.path[1:] == ["product"]:
        need(request.query["service_name"] == "domain", 422, error("validation_failed", "service_name"))
        rows = [{"id": 771, "account_id": 9, "service_name": "domain", "customer_name": ZONE}]
        return {"result": "success", "data": [r for r in rows if r["customer_name"] == request.query.get("customer_name", ZONE)]}
    need(request.path[1:3] == ["domain", "771"] and request.path[3:5] == ["dns", "record"], 404, error("object_not_found", "Not found"))
    rest = request.path[5:]
    if not rest and request.method == "GET":
        return {"result": "success", "data": [{"id": str(r.id), "source": relative(r.name) or ".", "type": r.type,
                                               "ttl": r.ttl, "target": r.value} for r in zone.records]}
    if not rest and request.method == "POST":
        body = request.json()
        need(body["ttl"] >= 300, 422, error("validation_failed", "ttl"))
        host = "" if body["source"] == "." else body["source"]
        return Answer({"result": "success", "data": str(zone.add(absolute(host), body["type"], body["target"], body["ttl"]).id)}, 201)
    record = zone.by_id(rest[0])
    need(record and request.method == "DELETE", 404, error("object_not_found", "Not found"))
    zone.remove(record)
    return {"result": "success", "data": True}
