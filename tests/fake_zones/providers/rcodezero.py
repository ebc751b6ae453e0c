"""RcodeZero's ACME API: record sets of _acme-challenge names, added, updated or deleted as a whole."""
from fake_zone import ZONE, need

TOKEN = "rcodezero-right"
SETTINGS = {"api_token": TOKEN}
DENIED = "Unauthenticated"


def handle(request, zone):
    need(request.origin == "https://my.rcodezero.at" and request.path == ["api", "v1", "acme", "zones", ZONE, "rrsets"], 404,
         {"status": "failed", "message": "zone not found"})
    need(request.header("Authorization") == "Bearer " + TOKEN, 401, {"status": "failed", "message": "Unauthenticated"})
    if request.method == "GET":
        names = sorted({r.name for r in zone.records if r.type == "TXT"})
        page = int(request.query.get("page", 1))
        rows = [{"name": n + ".", "type": "TXT", "ttl": zone.find(n, "TXT")[0].ttl,
                 "records": [{"content": f'"{r.value}"', "disabled": False} for r in zone.find(n, "TXT")]} for n in names[page - 1:page]]
        return {"data": rows, "current_page": page, "last_page": len(names), "per_page": 1, "total": len(names)}
    need(request.method == "PATCH", 405, {"status": "failed", "message": "method"})
    for item in request.json():
        need(item["name"].startswith("_acme-challenge.") and item["name"].endswith("."), 403, {"status": "failed", "message": "only _acme-challenge"})
        found = zone.find(item["name"], "TXT")
        need(item["changetype"] in ("add", "update", "delete"), 422, {"status": "failed", "message": "changetype"})
        need((item["changetype"] == "add") == (not found), 422, {"status": "failed", "message": "RRset exists already, or not"})
        zone.replace(item["name"], "TXT", [r["content"][1:-1] for r in item.get("records", [])], item.get("ttl", 60))
    return {"status": "ok", "message": "RRsets updated"}
