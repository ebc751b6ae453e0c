"""GleSYS API: POST for everything, answers inside 'response' with a status."""
import base64

from fake_zone import ZONE, absolute, need, relative

SETTINGS = {"api_user": "cl12345", "api_key": "glesys-right"}
DENIED = "The username or API key is wrong"


def reply(code, text, **more):
    return {"response": {"status": {"code": code, "text": text}, **more}}


def handle(request, zone):
    need(request.origin == "https://api.glesys.com" and request.path[0] == "domain" and request.method == "POST", 404, "not found")
    need(request.header("Authorization") == "Basic " + base64.b64encode(b"cl12345:glesys-right").decode(), 401,
         reply(401, "The username or API key is wrong"))
    body = request.json()
    need(body.get("domainname", ZONE) == ZONE, 404, reply(404, "Domain not found"))
    if request.path[1] == "listrecords":
        rows = [{"recordid": r.id, "domainname": ZONE, "host": relative(r.name) or "@", "type": r.type, "data": r.value, "ttl": r.ttl}
                for r in zone.records]
        return reply(200, "OK", records=rows)
    if request.path[1] == "addrecord":
        record = zone.add(absolute(body["host"]), body["type"], body["data"], body["ttl"])
        return reply(200, "OK", record={"recordid": record.id, "host": body["host"]})
    need(request.path[1] == "deleterecord", 404, reply(404, "no such function"))
    need(isinstance(body["recordid"], int), 400, reply(400, "recordid must be a number"))
    record = zone.by_id(body["recordid"])
    need(record, 404, reply(404, "Record not found"))
    zone.remove(record)
    return reply(200, "OK")
