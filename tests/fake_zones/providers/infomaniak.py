"""Infomaniak API 2: records below the zone's name, an envelope with result and data, TXT returned in quotes."""
from fake_zone import ZONE, Answer, absolute, need, relative

TOKEN = "infomaniak-right"
SETTINGS = {"access_token": TOKEN}
DENIED = "Authorization required"


def error(code, text):
    return {"result": "error", "error": {"code": code, "description": text}}


def shown(record):
    target = f'"{record.value}"' if record.type == "TXT" else record.value
    return {"id": record.id, "source": relative(record.name) or ".", "type": record.type, "ttl": record.ttl, "target": target}


def handle(request, zone):
    need(request.origin == "https://api.infomaniak.com", 404, "not found")
    need(request.header("Authorization") == "Bearer " + TOKEN, 401, error("not_authorized", "Authorization required"))
    need(request.path[:4] == ["2", "zones", ZONE, "records"], 404, error("object_not_found", "Not found"))
    rest = request.path[4:]
    if not rest and request.method == "GET":
        return {"result": "success", "data": [shown(r) for r in zone.records]}
    if not rest and request.method == "POST":
        body = request.json()
        need(body["ttl"] >= 300, 422, error("validation_failed", "ttl"))
        host = "" if body["source"] == "." else body["source"]
        return Answer({"result": "success", "data": shown(zone.add(absolute(host), body["type"], body["target"], body["ttl"]))}, 201)
    record = zone.by_id(rest[0])
    need(record and request.method == "DELETE", 404, error("object_not_found", "Not found"))
    zone.remove(record)
    return {"result": "success", "data": True}
