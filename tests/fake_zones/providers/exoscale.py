"""Exoscale API 2: EXO2-HMAC-SHA256 signatures; changes answer with an operation."""
import base64
import hashlib
import hmac
import re
import time

from fake_zone import ZONE, absolute, need, relative

SECRET = "exoscale-secret-right"
SETTINGS = {"api_key": "EXOkey", "api_secret": SECRET}
DENIED = "Invalid request signature"


def handle(request, zone):
    need(request.origin == "https://api-ch-gva-2.exoscale.com", 404, "not found")
    refused = (403, {"message": "Invalid request signature"})
    found = re.fullmatch(r"EXO2-HMAC-SHA256 credential=EXOkey,expires=(\d+),signature=(\S+)", request.header("Authorization"))
    need(found and 0 < int(found[1]) - time.time() < 1000, *refused)
    text = f"{request.method} {request.raw_path}\n{request.body.decode()}\n\n\n{found[1]}"
    need(base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode() == found[2], *refused)
    need(request.path[:2] == ["v2", "dns-domain"], 404, {"message": "Not Found"})
    rest = request.path[2:]
    if not rest:
        return {"dns-domains": [{"id": "89083a5c-b648-474a-0000-0000000f5f70", "unicode-name": ZONE}]}
    need(rest[0].startswith("89083a5c") and rest[1] == "record", 404, {"message": "Not Found"})
    operation = {"id": "op", "state": "success"}
    if len(rest) == 2 and request.method == "GET":
        return {"dns-domain-records": [{"id": f"rec{r.id}", "name": relative(r.name), "type": r.type, "content": r.value, "ttl": r.ttl}
                                       for r in zone.records]}
    if len(rest) == 2 and request.method == "POST":
        body = request.json()
        record = zone.add(absolute(body["name"]), body["type"], body["content"], body["ttl"])
        return {**operation, "reference": {"id": f"rec{record.id}", "link": "/v2/dns-domain/..."}}
    record = zone.by_id(rest[2][3:])
    need(record and request.method == "DELETE", 404, {"message": "Not Found"})
    zone.remove(record)
    return operation
