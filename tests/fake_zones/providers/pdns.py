"""PowerDNS HTTP API v1: a zone's record sets, replaced or deleted by PATCH; names end with a dot."""
from fake_zone import ZONE, Answer, need

SETTINGS = {"api_url": "http://127.0.0.1:{port}", "api_key": "pdns-key-right"}
DENIED = "Unauthorized"


def handle(request, zone):
    need(request.header("X-API-Key") == "pdns-key-right", 401, "Unauthorized")
    need(request.path == ["api", "v1", "servers", "localhost", "zones", ZONE + "."], 404, {"error": "Not Found"})
    if request.method == "GET":
        keys = sorted({(r.name, r.type) for r in zone.records})
        rows = [{"name": name + ".", "type": kind, "ttl": zone.find(name, kind)[0].ttl, "comments": [],
                 "records": [{"content": f'"{r.value}"' if kind == "TXT" else r.value, "disabled": False}
                             for r in zone.find(name, kind)]} for name, kind in keys]
        return {"id": ZONE + ".", "name": ZONE + ".", "kind": "Native", "rrsets": rows}
    need(request.method == "PATCH", 405, {"error": "Method Not Allowed"})
    for item in request.json()["rrsets"]:
        need(item["name"].endswith("."), 422, {"error": "RRset IN TXT: Name is not canonical"})
        if item["changetype"] == "DELETE":
            zone.replace(item["name"], item["type"], [])
            continue
        need(item["changetype"] == "REPLACE" and isinstance(item["ttl"], int), 422, {"error": "Changetype not understood"})
        for record in item["records"]:
            need(record["content"][0] == record["content"][-1] == '"', 422,
                 {"error": "Record TXT: Parsing record content: Data field in DNS should start with quote (\")"})
        zone.replace(item["name"], item["type"], [r["content"][1:-1] for r in item["records"]], item["ttl"])
    return Answer(None, 204)
