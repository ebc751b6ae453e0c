"""Bunny DNS: AccessKey, zones with numeric ids that hold their records, numbers for record types."""
from fake_zone import ZONE, Answer, absolute, need, relative

KEY = "bunny-key-right"
SETTINGS = {"api_key": KEY}
DENIED = "Authorization has been denied for this request."
TYPES = {"A": 0, "AAAA": 1, "CNAME": 2, "TXT": 3, "MX": 4}


def shown(record):
    return {"Id": record.id, "Type": TYPES[record.type], "Ttl": record.ttl, "Value": record.value, "Name": relative(record.name)}


def handle(request, zone):
    need(request.origin == "https://api.bunny.net" and request.path[0] == "dnszone", 404, "not found")
    need(request.header("AccessKey") == KEY, 401, {"Message": "Authorization has been denied for this request."})
    rest = request.path[1:]
    everything = {"Id": 55, "Domain": ZONE, "Records": [shown(r) for r in zone.records]}
    if not rest:
        need(5 <= int(request.query.get("perPage", 1000)) <= 1000, 400, {"ErrorKey": "validation", "Message": "perPage"})
        other = {"Id": 54, "Domain": "another." + ZONE, "Records": []}
        page = int(request.query.get("page", 1))
        return {"CurrentPage": page, "TotalItems": 2, "HasMoreItems": page == 1, "Items": [other if page == 1 else everything]}
    missing = {"ErrorKey": "dnszone.record.not_found", "Field": "Record", "Message": "The requested record was not found"}
    need(rest[0] == "55", 404, missing)
    if len(rest) == 1:
        return everything
    if request.method == "PUT" and rest[1:] == ["records"]:
        body = request.json()
        need(body["Type"] == 3 and isinstance(body["Ttl"], int), 400, {"Message": "The model is invalid"})
        return Answer(shown(zone.add(absolute(body["Name"]), "TXT", body["Value"], body["Ttl"])), 201)
    need(request.method == "DELETE", 405, missing)
    record = zone.by_id(rest[2])
    need(record, 404, missing)
    zone.remove(record)
    return Answer(None, 204)
