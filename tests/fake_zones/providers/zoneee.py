"""Zone.ee API 2: TXT records of a zone by id, basic authentication."""
import base64

from fake_zone import ZONE, Answer, need

SETTINGS = {"api_user": "user1", "api_key": "zoneee-right"}
DENIED = "Unauthorized user"


def handle(request, zone):
    need(request.origin == "https://api.zone.eu" and request.path[:4] == ["v2", "dns", ZONE, "txt"], 404, {"detail": "not found"})
    need(request.header("Authorization") == "Basic " + base64.b64encode(b"user1:zoneee-right").decode(), 401, {"detail": "Unauthorized user"})
    rest = request.path[4:]
    if not rest and request.method == "GET":
        return [{"id": str(r.id), "name": r.name, "destination": r.value, "delete": True, "modify": True} for r in zone.find(kind="TXT")]
    if not rest and request.method == "POST":
        body = request.json()
        need(set(body) == {"name", "destination"}, 422, {"detail": "unknown field"})
        record = zone.add(body["name"], "TXT", body["destination"])
        return Answer([{"id": str(record.id), "name": record.name, "destination": record.value}], 201)
    record = zone.by_id(rest[0])
    need(record and request.method == "DELETE", 404, {"detail": "record not found"})
    zone.remove(record)
    return Answer(None, 204)
