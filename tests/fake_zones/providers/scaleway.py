"""Scaleway domains v2beta1: a list of changes by PATCH; TXT data in quotes."""
from fake_zone import ZONE, absolute, need, relative

TOKEN = "scw-secret-right"
SETTINGS = {"secret_key": TOKEN}
DENIED = "authentication is denied"


def shown(record):
    data = f'"{record.value}"' if record.type == "TXT" else record.value
    return {"id": f"b1{record.id}", "name": relative(record.name), "type": record.type, "data": data, "ttl": record.ttl,
            "priority": 0, "comment": None}


def handle(request, zone):
    need(request.origin == "https://api.scaleway.com", 404, "no such host")
    need(request.header("X-Auth-Token") == TOKEN, 401,
         {"message": "authentication is denied", "method": "api_key", "reason": "not_found", "type": "denied_authentication"})
    need(request.path == ["domain", "v2beta1", "dns-zones", ZONE, "records"], 404,
         {"message": "resource is not found", "type": "not_found"})
    if request.method == "GET":
        found = zone.find(absolute(request.query["name"]), request.query.get("type"))
        return {"total_count": len(found), "records": [shown(r) for r in found]}
    need(request.method == "PATCH", 405, {"message": "method"})
    made = []
    for change in request.json()["changes"]:
        if "add" in change:
            for item in change["add"]["records"]:
                need(item["data"][0] == item["data"][-1] == '"' and item["ttl"] >= 60, 400,
                     {"message": "invalid argument(s)", "type": "invalid_arguments"})
                made.append(shown(zone.add(absolute(item["name"]), item["type"], item["data"][1:-1], item["ttl"])))
        else:
            record = zone.by_id(change["delete"]["id"][2:])
            need(record, 404, {"message": "resource is not found", "resource": "record", "type": "not_found"})
            zone.remove(record)
    return {"records": made}
