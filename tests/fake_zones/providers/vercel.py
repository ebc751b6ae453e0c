"""Vercel: records of a domain, pages by a time, ids as texts."""
from fake_zone import ZONE, absolute, need, relative

TOKEN = "vercel-right"
SETTINGS = {"api_token": TOKEN}
DENIED = "Not authorized"


def handle(request, zone):
    need(request.origin == "https://api.vercel.com", 404, "not found")
    need(request.header("Authorization") == "Bearer " + TOKEN, 403, {"error": {"code": "forbidden", "message": "Not authorized"}})
    version, kind, domain, records, *rest = request.path
    need((kind, domain, records) == ("domains", ZONE, "records"), 404, {"error": {"code": "not_found", "message": "Domain not found"}})
    if request.method == "GET":
        need(version == "v4", 404, {"error": {"code": "not_found", "message": "no such version"}})
        start = int(request.query.get("until") or 0)
        rows = [{"id": f"rec_{r.id}", "name": relative(r.name), "type": r.type, "value": r.value, "ttl": r.ttl, "creator": "x"}
                for r in zone.records]
        following = start + 3 if start + 3 < len(rows) else None
        return {"records": rows[start:start + 3], "pagination": {"count": 3, "next": following, "prev": None}}
    need(version == "v2", 404, {"error": {"code": "not_found", "message": "no such version"}})
    if request.method == "POST":
        body = request.json()
        need(body["ttl"] >= 60, 400, {"error": {"code": "bad_request", "message": "Invalid ttl"}})
        return {"uid": f"rec_{zone.add(absolute(body['name']), body['type'], body['value'], body['ttl']).id}"}
    record = zone.by_id(rest[0][4:])
    need(record and request.method == "DELETE", 404, {"error": {"code": "not_found", "message": "Record not found"}})
    zone.remove(record)
    return {}
