"""Njalla API 1: JSON-RPC; errors have the HTTP status 200."""
from fake_zone import ZONE, absolute, need, relative

TOKEN = "njalla-right"
SETTINGS = {"token": TOKEN}
DENIED = "Access denied"


def error(code, text):
    return {"jsonrpc": "2.0", "error": {"code": code, "message": text}}


def shown(record):
    return {"id": str(record.id), "name": relative(record.name) or "@", "type": record.type, "content": record.value, "ttl": record.ttl}


def handle(request, zone):
    need(request.url == "https://njal.la/api/1/" and request.method == "POST", 404, "not found")
    need(request.header("Authorization") == "Njalla " + TOKEN, 200, error(403, "Access denied"))
    body = request.json()
    params = body["params"]
    need(params["domain"] == ZONE, 200, error(404, "Domain not found"))
    if body["method"] == "list-records":
        return {"jsonrpc": "2.0", "result": {"records": [shown(r) for r in zone.records]}}
    if body["method"] == "add-record":
        need(params["ttl"] in (60, 300, 900, 3600, 10800, 21600, 86400), 200, error(400, "Invalid TTL"))
        return {"jsonrpc": "2.0", "result": shown(zone.add(absolute(params["name"]), params["type"], params["content"], params["ttl"]))}
    need(body["method"] == "remove-record", 200, error(400, "Invalid method"))
    record = zone.by_id(params["id"])
    need(record, 200, error(404, "Record not found"))
    zone.remove(record)
    return {"jsonrpc": "2.0", "result": {}}
