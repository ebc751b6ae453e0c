"""ClouDNS: forms, HTTP status 200 throughout, records as an object by id, an empty list for none."""
from fake_zone import ZONE, absolute, need, relative

SETTINGS = {"auth_id": "1234", "auth_password": "cloudns-right"}
DENIED = "Invalid authentication, incorrect auth-id or auth-password."


def failed(text):
    return {"status": "Failed", "statusDescription": text}


def handle(request, zone):
    need(request.origin == "https://api.cloudns.net" and request.path[0] == "dns" and request.method == "POST", 404, "not found")
    form = request.form()
    need(form["auth-id"] == "1234" and form["auth-password"] == "cloudns-right", 200, failed(DENIED))
    need(form["domain-name"] == ZONE, 200, failed("Missing domain-name"))
    verb = request.path[1]
    if verb == "records.json":
        found = zone.find(absolute(form["host"]), form["type"])
        return {str(r.id): {"id": str(r.id), "type": r.type, "host": relative(r.name), "record": r.value, "ttl": str(r.ttl),
                            "status": 1} for r in found} or []
    if verb == "add-record.json":
        need(form["ttl"] in ("60", "300", "900", "1800", "3600"), 200, failed("Invalid ttl."))
        record = zone.add(absolute(form["host"]), form["record-type"], form["record"], form["ttl"])
        return {"status": "Success", "statusDescription": "The record was added successfully.", "data": {"id": record.id}}
    need(verb == "delete-record.json", 404, "not found")
    record = zone.by_id(form["record-id"])
    need(record, 200, failed("Invalid record-id param."))
    zone.remove(record)
    return {"status": "Success", "statusDescription": "The record was deleted successfully."}
