"""Netlify API 1: zones and records with text ids, whole lists."""
from fake_zone import ZONE, Answer, need

TOKEN = "netlify-right"
SETTINGS = {"token": TOKEN}
DENIED = "Access Denied: Invalid token"


def shown(record):
    return {"id": f"n{record.id}", "hostname": record.name, "type": record.type, "ttl": record.ttl, "value": record.value,
            "dns_zone_id": "zone1"}


def handle(request, zone):
    need(request.origin == "https://api.netlify.com" and request.path[:3] == ["api", "v1", "dns_zones"], 404, {"code": 404, "message": "Not Found"})
    need(request.header("Authorization") == "Bearer " + TOKEN, 401, {"code": 401, "message": "Access Denied: Invalid token"})
    rest = request.path[3:]
    if not rest:
        return [{"id": "zone0", "name": "another.test"}, {"id": "zone1", "name": ZONE}]
    need(rest[:2] == ["zone1", "dns_records"], 404, {"code": 404, "message": "Not Found"})
    if len(rest) == 2 and request.method == "GET":
        return [shown(r) for r in zone.records]
    if len(rest) == 2 and request.method == "POST":
        body = request.json()
        return Answer(shown(zone.add(body["hostname"], body["type"], body["value"], body["ttl"])), 201)
    record = zone.by_id(rest[2][1:])
    need(record and request.method == "DELETE", 404, {"code": 404, "message": "Not Found"})
    zone.remove(record)
    return Answer(None, 204)
