"""DreamHost: GET with a command, HTTP status 200 throughout, result and data in JSON."""
from fake_zone import ZONE, need

SETTINGS = {"api_key": "dreamhost-right"}
DENIED = "invalid_api_key"


def failed(text):
    return {"result": "error", "data": text}


def handle(request, zone):
    need(request.origin == "https://api.dreamhost.com" and request.path == [""] and request.query["format"] == "json", 404, "not found")
    query = request.query
    need(query["key"] == "dreamhost-right", 200, failed("invalid_api_key"))
    if query["cmd"] == "dns-list_records":
        return {"result": "success", "data": [{"record": r.name, "zone": ZONE, "type": r.type, "value": r.value, "comment": "", "editable": "1"}
                                              for r in zone.records]}
    found = zone.find(query["record"], query["type"], query["value"])
    if query["cmd"] == "dns-add_record":
        need(not found, 200, failed("record_already_exists_remove_first"))
        zone.add(query["record"], query["type"], query["value"])
        return {"result": "success", "data": "record_added"}
    need(query["cmd"] == "dns-remove_record", 200, failed("no_such_command"))
    need(found, 200, failed("no_such_value"))
    zone.remove(found[0])
    return {"result": "success", "data": "record_removed"}
