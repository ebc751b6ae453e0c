"""Porkbun API v3: everything is a POST with both keys in its body; texts for numbers."""
from fake_zone import ZONE, absolute, need

SETTINGS = {"api_key": "pk1_right", "secret_api_key": "sk1_right"}
DENIED = "Invalid API key."


def error(text):
    return {"status": "ERROR", "message": text}


def handle(request, zone):
    need(request.origin == "https://api.porkbun.com", 404, "no such host")
    need(request.method == "POST" and request.path[:4] == ["api", "json", "v3", "dns"], 404, error("Invalid endpoint."))
    body = request.json()
    need(body.get("apikey") == "pk1_right" and body.get("secretapikey") == "sk1_right", 400, error("Invalid API key. (002)"))
    verb, domain, *rest = request.path[4:]
    need(domain == ZONE, 400, error("Invalid domain."))
    if verb == "create":
        need(isinstance(body["ttl"], str) and int(body["ttl"]) >= 600, 400, error("Invalid TTL."))
        return {"status": "SUCCESS", "id": zone.add(absolute(body["name"]), body["type"], body["content"], body["ttl"]).id}
    if verb == "retrieveByNameType":
        found = zone.find(absolute(rest[1] if len(rest) > 1 else ""), rest[0])
        return {"status": "SUCCESS", "records": [{"id": str(r.id), "name": r.name, "type": r.type, "content": r.value,
                                                  "ttl": str(r.ttl), "prio": "0", "notes": ""} for r in found]}
    need(verb == "delete", 404, error("Invalid endpoint."))
    record = zone.by_id(rest[0])
    need(record, 400, error("Invalid record ID."))
    zone.remove(record)
    return {"status": "SUCCESS"}
