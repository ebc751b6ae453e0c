"""Domeneshop API 0: basic authentication, domains and records with numeric ids, errors with code and help."""
import base64

from fake_zone import ZONE, Answer, absolute, need, relative

SETTINGS = {"api_token": "token1", "api_secret": "domeneshop-right"}
DENIED = "not authenticated"


def handle(request, zone):
    need(request.origin == "https://api.domeneshop.no" and request.path[:2] == ["v0", "domains"], 404, {"code": "404", "help": "not found"})
    need(request.header("Authorization") == "Basic " + base64.b64encode(b"token1:domeneshop-right").decode(), 401,
         {"code": "auth:unauthenticated", "help": "The request was not authenticated"})
    rest = request.path[2:]
    if not rest:
        return [d for d in ({"id": 3, "domain": "sub." + ZONE}, {"id": 4, "domain": ZONE}) if request.query.get("domain", "") in d["domain"]]
    need(rest[:2] == ["4", "dns"], 404, {"code": "domain:not-found", "help": "no such domain"})
    if len(rest) == 2 and request.method == "GET":
        found = zone.find(absolute(request.query["host"]) if "host" in request.query else None, request.query.get("type"))
        return [{"id": r.id, "host": relative(r.name) or "@", "ttl": r.ttl, "type": r.type, "data": r.value} for r in found]
    if len(rest) == 2 and request.method == "POST":
        body = request.json()
        need(body["ttl"] % 60 == 0, 400, {"code": "dns:ttl", "help": "ttl must be a multiple of 60"})
        return Answer({"id": zone.add(absolute(body["host"]), body["type"], body["data"], body["ttl"]).id}, 201)
    record = zone.by_id(rest[2])
    need(record and request.method == "DELETE", 404, {"code": "dns:not-found", "help": "no such record"})
    zone.remove(record)
    return Answer(None, 204)
