"""Simply.com API 1: account and key in the path; a status in every answer; paths end with a slash."""
from fake_zone import ZONE, absolute, need, relative

SETTINGS = {"account_name": "S1234", "api_key": "simply-right"}
DENIED = "Invalid account authorization"


def handle(request, zone):
    need(request.origin == "https://api.simply.com" and request.path[0] == "1", 404, "not found")
    need(request.path[1:3] == ["S1234", "simply-right"], 401, {"message": "Invalid account authorization", "status": 401})
    need(request.path[3:8] == ["my", "products", ZONE, "dns", "records"] and request.path[-1] == "", 404,
         {"message": "object does not exist", "status": 404})
    rest = request.path[8:-1]
    if not rest and request.method == "GET":
        return {"records": [{"record_id": r.id, "name": relative(r.name) or "@", "ttl": r.ttl, "data": r.value, "type": r.type, "priority": 0}
                            for r in zone.records], "message": "success", "status": 200}
    if not rest and request.method == "POST":
        body = request.json()
        record = zone.add(absolute(body["name"]), body["type"], body["data"], body["ttl"])
        return {"record": {"id": record.id}, "message": "success", "status": 200}
    record = zone.by_id(rest[0])
    need(record and request.method == "DELETE", 404, {"message": "record does not exist", "status": 404})
    zone.remove(record)
    return {"message": "success", "status": 200}
