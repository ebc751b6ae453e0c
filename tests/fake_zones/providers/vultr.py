"""Vultr API v2: records by domain, pages by cursor, TXT data in quotes."""
from fake_zone import ZONE, Answer, absolute, need, relative

TOKEN = "vultr-key-right"
SETTINGS = {"api_key": TOKEN}
DENIED = "Invalid API token."


def shown(record):
    data = f'"{record.value}"' if record.type == "TXT" else record.value
    return {"id": f"cb676a46-{record.id}", "type": record.type, "name": relative(record.name), "data": data,
            "priority": -1, "ttl": record.ttl}


def handle(request, zone):
    need(request.origin == "https://api.vultr.com", 404, "no such host")
    need(request.header("Authorization") == "Bearer " + TOKEN, 401, {"error": "Invalid API token.", "status": 401})
    need(request.path[:4] == ["v2", "domains", ZONE, "records"], 404, {"error": "Not found", "status": 404})
    rest = request.path[4:]
    if not rest and request.method == "GET":
        start, size = int((request.query.get("cursor") or "c0")[1:]), 3
        following = f"c{start + size}" if start + size < len(zone.records) else ""
        return {"records": [shown(r) for r in zone.records[start:start + size]],
                "meta": {"total": len(zone.records), "links": {"next": following, "prev": ""}}}
    if not rest and request.method == "POST":
        body = request.json()
        need(body["data"][0] == body["data"][-1] == '"', 400, {"error": "TXT data must be in quotes", "status": 400})
        record = zone.add(absolute(body["name"]), body["type"], body["data"][1:-1], body["ttl"])
        return Answer({"record": shown(record)}, 201)
    need(request.method == "DELETE", 405, {"error": "Method not allowed", "status": 405})
    record = zone.by_id(rest[0].rsplit("-", 1)[1])
    need(record, 404, {"error": "Record not found", "status": 404})
    zone.remove(record)
    return Answer(None, 204)
