"""dynv6 API 2: zones and records by number, whole lists."""
from fake_zone import ZONE, Answer, absolute, need, relative

TOKEN = "dynv6-right"
SETTINGS = {"token": TOKEN}
DENIED = "Unauthorized"


def shown(record):
    return {"id": record.id, "zoneID": 9, "name": relative(record.name), "type": record.type, "data": record.value, "expandedData": record.value}


def handle(request, zone):
    need(request.origin == "https://dynv6.com" and request.path[:3] == ["api", "v2", "zones"], 404, "not found")
    need(request.header("Authorization") == "Bearer " + TOKEN, 401, "Unauthorized")
    rest = request.path[3:]
    if not rest:
        return [{"id": 8, "name": "another.test"}, {"id": 9, "name": ZONE}]
    need(rest[:2] == ["9", "records"], 404, "not found")
    if len(rest) == 2 and request.method == "GET":
        return [shown(r) for r in zone.records]
    if len(rest) == 2 and request.method == "POST":
        body = request.json()
        return shown(zone.add(absolute(body["name"]), body["type"], body["data"]))
    record = zone.by_id(rest[2])
    need(record and request.method == "DELETE", 404, "not found")
    zone.remove(record)
    return Answer(None, 204)
