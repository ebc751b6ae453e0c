"""Linode API v4: domains and records with numeric ids, pages of at least 25."""
from fake_zone import ZONE, absolute, need, relative

TOKEN = "linode-token-right"
SETTINGS = {"token": TOKEN}
DENIED = "Invalid Token"


def error(text):
    return {"errors": [{"reason": text}]}


def page_of(request, rows, size):
    need(25 <= int(request.query.get("page_size", 100)) <= 500, 400, error("page_size must be from 25 to 500"))
    page = int(request.query.get("page", 1))
    return {"data": rows[(page - 1) * size:page * size], "page": page, "pages": max(1, -(-len(rows) // size)), "results": len(rows)}


def shown(record):
    return {"id": record.id, "type": record.type, "name": relative(record.name), "target": record.value, "ttl_sec": record.ttl}


def handle(request, zone):
    need(request.origin == "https://api.linode.com", 404, "no such host")
    need(request.header("Authorization") == "Bearer " + TOKEN, 401, error("Invalid Token"))
    need(request.path[:2] == ["v4", "domains"], 404, error("Not found"))
    rest = request.path[2:]
    if not rest:
        return page_of(request, [{"id": 7, "domain": "another.test"}, {"id": 1234, "domain": ZONE}], 1)
    need(rest[0] == "1234" and rest[1] == "records", 404, error("Not found"))
    if len(rest) == 2 and request.method == "GET":
        return page_of(request, [shown(r) for r in zone.records], 4)
    if len(rest) == 2 and request.method == "POST":
        body = request.json()
        need(body["name"] != "@" and isinstance(body["ttl_sec"], int), 400, error("Invalid hostname"))
        return shown(zone.add(absolute(body["name"]), body["type"], body["target"], body["ttl_sec"]))
    need(request.method == "DELETE", 405, error("Method Not Allowed"))
    record = zone.by_id(rest[2])
    need(record, 404, error("Not found"))
    zone.remove(record)
    return {}
