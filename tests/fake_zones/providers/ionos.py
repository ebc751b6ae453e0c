"""IONOS hosting DNS: a list of zones; records inside a zone; errors are a list."""
from fake_zone import ZONE, Answer, need

KEY = "prefix.secret-right"
SETTINGS = {"api_key": KEY}
DENIED = "The customer is not authorized to do this operation."
ZONE_ID = "11af3414-ebba-11e9-8df5-66fbe8a334b4"


def shown(record):
    content = f'"{record.value}"' if record.type == "TXT" else record.value
    return {"id": f"{record.id:08x}-aaaa", "name": record.name, "type": record.type, "content": content,
            "ttl": record.ttl, "disabled": False, "rootName": ZONE}


def handle(request, zone):
    need(request.origin == "https://api.hosting.ionos.com", 404, "no such host")
    need(request.header("X-API-Key") == KEY, 401,
         [{"code": "UNAUTHORIZED", "message": "The customer is not authorized to do this operation."}])
    missing = [{"code": "ZONE_NOT_FOUND", "message": "Zone does not exist."}]
    need(request.path[:3] == ["dns", "v1", "zones"], 404, missing)
    rest = request.path[3:]
    if not rest:
        return [{"name": "another.test", "id": "x", "type": "NATIVE"}, {"name": ZONE, "id": ZONE_ID, "type": "NATIVE"}]
    need(rest[0] == ZONE_ID, 404, missing)
    if len(rest) == 1 and request.method == "GET":
        found = zone.find(request.query.get("recordName"), request.query.get("recordType"))
        return {"id": ZONE_ID, "name": ZONE, "type": "NATIVE", "records": [shown(r) for r in found]}
    need(rest[1] == "records", 404, missing)
    if request.method == "POST" and len(rest) == 2:
        body = request.json()
        need(isinstance(body, list), 400, [{"code": "INVALID_DATA", "message": "a list of records is expected"}])
        made = []
        for item in body:
            need(item["ttl"] >= 60 and item["name"].endswith(ZONE) and not item["disabled"], 400,
                 [{"code": "INVALID_RECORD", "message": "Record is invalid."}])
            made.append(shown(zone.add(item["name"], item["type"], item["content"], item["ttl"])))
        return Answer(made, 201)
    need(request.method == "DELETE" and len(rest) == 3, 405, missing)
    record = zone.by_id(int(rest[2].split("-")[0], 16))
    need(record, 404, [{"code": "RECORD_NOT_FOUND", "message": "Record does not exist."}])
    zone.remove(record)
    return Answer(None, 200)
