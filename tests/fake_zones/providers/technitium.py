"""Technitium DNS Server: calls with a token, HTTP status 200 throughout, a status in every answer."""
from fake_zone import ZONE, need

SETTINGS = {"server_url": "http://127.0.0.1:{port}", "api_token": "technitium-right"}
DENIED = "Invalid token or session expired."


def handle(request, zone):
    need(request.path[:3] == ["api", "zones", "records"], 404, "not found")
    form = request.form()
    need(form["token"] == "technitium-right", 200, {"status": "invalid-token", "errorMessage": DENIED})
    need(form["zone"] == ZONE, 200, {"status": "error", "errorMessage": "No such zone was found: " + form["zone"]})
    name, verb = form["domain"], request.path[3]
    if verb == "get":
        return {"status": "ok", "response": {"zone": {"name": ZONE}, "records": [
            {"name": r.name, "type": r.type, "ttl": r.ttl, "rData": {"text": r.value} if r.type == "TXT" else {}} for r in zone.find(name)]}}
    need(form["type"] == "TXT", 200, {"status": "error", "errorMessage": "type"})
    found = zone.find(name, "TXT", form["text"])
    if verb == "add":
        if form.get("overwrite") == "true":
            zone.replace(name, "TXT", [])
        zone.add(name, "TXT", form["text"], form["ttl"])
        return {"status": "ok", "response": {}}
    need(verb == "delete" and found, 200, {"status": "error", "errorMessage": "Cannot delete record: no such record exists."})
    zone.remove(found[0])
    return {"status": "ok", "response": {}}
