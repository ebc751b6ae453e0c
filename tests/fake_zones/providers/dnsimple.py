"""DNSimple API v2: the account by whoami, records below account and zone, TXT returned in quotes."""
from fake_zone import ZONE, Answer, absolute, need, relative

TOKEN = "dnsimple-right"
SETTINGS = {"oauth_token": TOKEN}
DENIED = "Authentication failed"


def shown(record):
    content = f'"{record.value}"' if record.type == "TXT" else record.value
    return {"id": record.id, "zone_id": ZONE, "name": relative(record.name), "content": content, "ttl": record.ttl,
            "type": record.type}


def handle(request, zone):
    need(request.origin == "https://api.dnsimple.com", 404, "no such host")
    need(request.header("Authorization") == "Bearer " + TOKEN, 401, {"message": "Authentication failed"})
    if request.path == ["v2", "whoami"]:
        return {"data": {"user": None, "account": {"id": 1010, "email": "a@example.test"}}}
    need(request.path[:5] == ["v2", "1010", "zones", ZONE, "records"], 404, {"message": "Zone `x` not found"})
    rest = request.path[5:]
    if not rest and request.method == "GET":
        found = zone.find(absolute(request.query["name"]), request.query.get("type"))
        page = int(request.query.get("page", 1))
        return {"data": [shown(r) for r in found[(page - 1) * 5:page * 5]],
                "pagination": {"current_page": page, "per_page": 5, "total_entries": len(found), "total_pages": -(-len(found) // 5)}}
    if not rest and request.method == "POST":
        body = request.json()
        need(body["name"] != "@", 400, {"message": "Validation failed", "errors": {"name": ["is invalid"]}})
        return Answer({"data": shown(zone.add(absolute(body["name"]), body["type"], body["content"], body["ttl"]))}, 201)
    need(request.method == "DELETE", 405, {"message": "no"})
    record = zone.by_id(rest[0])
    need(record, 404, {"message": "Record `x` not found"})
    zone.remove(record)
    return Answer(None, 204)
