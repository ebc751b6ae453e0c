"""Constellix DNS API 1: HMAC over a time, a record holds all values of its name."""
import base64
import hashlib
import hmac
import time

from fake_zone import ZONE, Answer, absolute, need, relative, unquoted

SECRET = "constellix-secret-right"
SETTINGS = {"api_key": "constellix-key", "secret_key": SECRET}
DENIED = "Unable to authenticate"
IDS = {}


def id_of(name):
    return IDS.setdefault(name, 500 + len(IDS))


def handle(request, zone):
    need(request.origin == "https://api.dns.constellix.com" and request.path[:2] == ["v1", "domains"], 404, {"errors": ["not found"]})
    date = request.header("x-cnsdns-requestDate")
    right = base64.b64encode(hmac.new(SECRET.encode(), date.encode(), hashlib.sha1).digest()).decode()
    need(request.header("x-cnsdns-apiKey") == "constellix-key" and request.header("x-cnsdns-hmac") == right
         and abs(int(date) / 1000 - time.time()) < 30, 403, {"errors": ["Unable to authenticate"]})
    rest = request.path[2:]
    if rest == ["search"]:
        need(request.query["exact"] == ZONE, 404, {"errors": ["Requested domain was not found"]})
        return [{"id": 77, "name": ZONE}]
    need(rest[:3] == ["77", "records", "TXT"], 404, {"errors": ["not found"]})
    missing = (404, {"errors": ["Requested record was not found"]})
    if rest[3:] == ["search"]:
        name = absolute(request.query["exact"])
        need(zone.find(name, "TXT"), *missing)
        return [{"id": id_of(name), "name": relative(name)}]
    if request.method in ("POST", "PUT"):
        body = request.json()
        name = absolute(body["name"])
        need(body["roundRobin"] and isinstance(body["ttl"], int), 400, {"errors": ["Invalid record"]})
        need(request.method == "PUT" or not zone.find(name, "TXT"), 400, {"errors": ["Record with same name exists"]})
        zone.replace(name, "TXT", [unquoted(v["value"]) for v in body["roundRobin"]], body["ttl"])
        return Answer([{"id": id_of(name)}], 201) if request.method == "POST" else {"success": "Record updated successfully"}
    name = next((n for n, number in IDS.items() if str(number) == rest[3]), None)
    need(name and zone.find(name, "TXT"), *missing)
    if request.method == "DELETE":
        zone.replace(name, "TXT", [])
        return {"success": "Record deleted successfully"}
    return {"id": id_of(name), "name": relative(name), "type": "TXT", "ttl": 60,
            "roundRobin": [{"value": f'"{r.value}"', "disableFlag": False} for r in zone.find(name, "TXT")]}
