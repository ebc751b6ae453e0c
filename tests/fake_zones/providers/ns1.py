"""NS1 API 1: a record holds all answers of a name; PUT makes, POST changes, DELETE removes it."""
from fake_zone import ZONE, need

KEY = "ns1-key-right"
SETTINGS = {"api_key": KEY}
DENIED = "Unauthorized"


def handle(request, zone):
    need(request.origin == "https://api.nsone.net" and request.path[:3] == ["v1", "zones", ZONE], 404, {"message": "zone not found"})
    need(request.header("X-NSONE-Key") == KEY, 401, {"message": "Unauthorized"})
    name, kind = request.path[3:]
    found = zone.find(name, kind)
    if request.method == "PUT":
        need(not found, 400, {"message": "record already exists"})
    else:
        need(found, 404, {"message": "record not found"})
    if request.method == "DELETE":
        zone.replace(name, kind, [])
        return {}
    if request.method in ("PUT", "POST"):
        body = request.json()
        need((body["zone"], body["domain"], body["type"]) == (ZONE, name, kind) and body["answers"], 400, {"message": "invalid record"})
        zone.replace(name, kind, ["".join(a["answer"]) for a in body["answers"]], body.get("ttl", found[0].ttl if found else 3600))
    return {"zone": ZONE, "domain": name, "type": kind, "ttl": 3600, "id": "5a1",
            "answers": [{"answer": [r.value], "id": f"a{r.id}"} for r in zone.find(name, kind)]}
