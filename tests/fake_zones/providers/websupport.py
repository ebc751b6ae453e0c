"""Websupport REST 1: basic authentication whose password is an HMAC over method, path and time."""
import base64
import calendar
import hashlib
import hmac
import time

from fake_zone import ZONE, Answer, absolute, need, relative

SECRET = "websupport-secret-right"
SETTINGS = {"api_key": "identifier", "secret": SECRET}
DENIED = "Incorrect credentials"


def shown(record):
    return {"type": record.type, "id": record.id, "name": relative(record.name) or "@", "content": record.value, "ttl": record.ttl, "note": None}


def handle(request, zone):
    need(request.origin == "https://rest.websupport.sk", 404, {"code": 404, "message": "not found"})
    refused = (401, {"code": 401, "message": "Incorrect credentials"})
    at = calendar.timegm(time.strptime(request.header("Date"), "%Y-%m-%dT%H:%M:%SZ"))
    text = f"{request.method} {request.raw_path} {at}"
    right = "identifier:" + hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).hexdigest()
    need(request.header("Authorization") == "Basic " + base64.b64encode(right.encode()).decode() and abs(at - time.time()) < 300, *refused)
    need(request.path[:6] == ["v1", "user", "self", "zone", ZONE, "record"], 404, {"code": 404, "message": "Zone not found"})
    rest = request.path[6:]
    if not rest and request.method == "GET":
        return {"items": [shown(r) for r in zone.records], "pager": {"page": 1, "pagesize": None, "items": len(zone.records)}}
    if not rest and request.method == "POST":
        body = request.json()
        record = zone.add(absolute(body["name"]), body["type"], body["content"], body["ttl"])
        return Answer({"status": "success", "item": shown(record), "errors": {}}, 201)
    record = zone.by_id(rest[0])
    need(record and request.method == "DELETE", 404, {"code": 404, "message": "Record not found"})
    zone.remove(record)
    return {"status": "success", "item": shown(record), "errors": {}}
