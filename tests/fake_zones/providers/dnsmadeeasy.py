"""DNS Made Easy API 2.0: HMAC over an HTTP date, records of a managed domain by number."""
import calendar
import hashlib
import hmac
import time

from fake_zone import ZONE, Answer, absolute, need, relative, unquoted

SECRET = "dnsme-secret-right"
SETTINGS = {"api_key": "dnsme-key", "api_secret": SECRET}
DENIED = "API key not found or signature wrong"


def shown(record):
    value = f'"{record.value}"' if record.type == "TXT" else record.value
    return {"id": record.id, "name": relative(record.name), "type": record.type, "value": value, "ttl": record.ttl, "gtdLocation": "DEFAULT"}


def handle(request, zone):
    need(request.origin == "https://api.dnsmadeeasy.com" and request.path[:3] == ["V2.0", "dns", "managed"], 404, {"error": ["not found"]})
    date = request.header("x-dnsme-requestDate")
    at = calendar.timegm(time.strptime(date, "%a, %d %b %Y %H:%M:%S GMT"))
    right = hmac.new(SECRET.encode(), date.encode(), hashlib.sha1).hexdigest()
    need(request.header("x-dnsme-apiKey") == "dnsme-key" and request.header("x-dnsme-hmac") == right and abs(at - time.time()) < 60,
         403, {"error": ["API key not found or signature wrong"]})
    rest = request.path[3:]
    if rest == ["name"]:
        need(request.query["domainname"] == ZONE, 404, {"error": ["Cannot find domain"]})
        return {"id": 1119443, "name": ZONE}
    need(rest[:2] == ["1119443", "records"], 404, {"error": ["Cannot find domain"]})
    if request.method == "GET":
        found = zone.find(absolute(request.query.get("recordName", "")), request.query.get("type"))
        return {"data": [shown(r) for r in found], "page": 0, "totalPages": 1, "totalRecords": len(found)}
    if request.method == "POST":
        body = request.json()
        need(body["gtdLocation"] == "DEFAULT", 400, {"error": ["gtdLocation"]})
        return Answer(shown(zone.add(absolute(body["name"]), body["type"], unquoted(body["value"]), body["ttl"])), 201)
    record = zone.by_id(rest[2])
    need(record and request.method == "DELETE", 404, {"error": ["Cannot find record"]})
    zone.remove(record)
    return Answer(None, 200)
