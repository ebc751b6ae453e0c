"""LuaDNS API 1: basic authentication, zones and records by number, names end with a dot."""
import base64

from fake_zone import ZONE, need

SETTINGS = {"api_username": "a@example.test", "api_token": "luadns-right"}
DENIED = "Authorization required"


def shown(record):
    return {"id": record.id, "name": record.name + ".", "type": record.type, "content": record.value, "ttl": record.ttl, "zone_id": 5}


def handle(request, zone):
    need(request.origin == "https://api.luadns.com" and request.path[:2] == ["v1", "zones"], 404, {"message": "Not Found"})
    need(request.header("Authorization") == "Basic " + base64.b64encode(b"a@example.test:luadns-right").decode(), 401,
         {"status": "Unauthorized", "message": "Authorization required"})
    rest = request.path[2:]
    if not rest:
        return [{"id": 4, "name": "another.test"}, {"id": 5, "name": ZONE}]
    need(rest[:2] == ["5", "records"], 404, {"message": "Not Found"})
    if len(rest) == 2 and request.method == "GET":
        return [shown(r) for r in zone.records]
    if len(rest) == 2 and request.method == "POST":
        body = request.json()
        need(body["name"].endswith("."), 400, {"message": "name must end with a dot"})
        return shown(zone.add(body["name"], body["type"], body["content"], body["ttl"]))
    record = zone.by_id(rest[2])
    need(record and request.method == "DELETE", 404, {"message": "Not Found"})
    zone.remove(record)
    return shown(record)
