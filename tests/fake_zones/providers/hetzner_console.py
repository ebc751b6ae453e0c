"""Hetzner DNS Console: Auth-API-Token, zones by name, records with text ids."""
from fake_zone import ZONE, absolute, need, relative

TOKEN = "hetzner-dns-right"
SETTINGS = {"api_key": TOKEN}
DENIED = "Invalid authentication credentials"
ZONE_ID = "z7Xq"


def shown(record):
    return {"id": f"r{record.id}", "zone_id": ZONE_ID, "type": record.type, "name": relative(record.name) or "@",
            "value": record.value, "ttl": record.ttl}


def handle(request, zone):
    need(request.origin == "https://dns.hetzner.com", 404, "no such host")
    need(request.header("Auth-API-Token") == TOKEN, 401, {"message": "Invalid authentication credentials"})
    need(request.path[:2] == ["api", "v1"], 404, {"message": "no Route matched with those values"})
    rest = request.path[2:]
    if rest == ["zones"] and request.method == "GET":
        need(request.query.get("name", ZONE) == ZONE, 404, {"zones": [], "error": {"message": "zone not found", "code": 404}})
        return {"zones": [{"id": ZONE_ID, "name": ZONE}], "meta": {"pagination": {"page": 1, "last_page": 1}}}
    if rest == ["records"] and request.method == "GET":
        need(request.query["zone_id"] == ZONE_ID, 404, {"error": {"message": "zone not found", "code": 404}})
        page, size = int(request.query.get("page", 1)), 3
        last = max(1, -(-len(zone.records) // size))
        return {"records": [shown(r) for r in zone.records[(page - 1) * size:page * size]],
                "meta": {"pagination": {"page": page, "per_page": size, "last_page": last}}}
    if rest == ["records"] and request.method == "POST":
        body = request.json()
        need(body["zone_id"] == ZONE_ID and isinstance(body["ttl"], int), 422, {"error": {"message": "invalid", "code": 422}})
        taken = {"record": {"id": "", "type": ""}, "error": {"message": f"422 Unprocessable Content: taken: {body['value']}; ", "code": 422}}
        need(not zone.find(absolute(body["name"]), body["type"], body["value"]), 422, taken)
        return {"record": shown(zone.add(absolute(body["name"]), body["type"], body["value"], body["ttl"]))}
    need(len(rest) == 2 and rest[0] == "records" and request.method == "DELETE", 405, {"message": "no such method"})
    record = zone.by_id(rest[1][1:])
    need(record, 404, {"error": {"message": "record not found", "code": 404}})
    zone.remove(record)
    return {"error": {}}
