"""NameSilo API 1: GET with everything in the query, XML with a code; record ids are hashes."""
import hashlib

from fake_zone import ZONE, absolute, need

SETTINGS = {"api_key": "namesilo-right"}
DENIED = "Invalid API Key"


def reply(operation, code, detail, inside=""):
    return (f"<?xml version=\"1.0\"?><namesilo><request><operation>{operation}</operation><ip>192.0.2.1</ip></request>"
            f"<reply><code>{code}</code><detail>{detail}</detail>{inside}</reply></namesilo>")


def id_of(record):
    return hashlib.md5(str(record.id).encode()).hexdigest()


def handle(request, zone):
    need(request.origin == "https://www.namesilo.com" and request.path[0] == "api" and request.method == "GET", 404, "not found")
    query, operation = request.query, request.path[1]
    need(query["version"] == "1" and query["type"] == "xml", 200, reply(operation, 102, "Invalid version"))
    need(query["key"] == "namesilo-right", 200, reply(operation, 110, "Invalid API Key"))
    need(query["domain"] == ZONE, 200, reply(operation, 200, "Domain is not active"))
    if operation == "dnsListRecords":
        rows = "".join(f"<resource_record><record_id>{id_of(r)}</record_id><type>{r.type}</type><host>{r.name}</host>"
                       f"<value>{r.value}</value><ttl>{r.ttl}</ttl><distance>0</distance></resource_record>" for r in zone.records)
        return reply(operation, 300, "success", rows)
    if operation == "dnsAddRecord":
        need(query["rrtype"] == "TXT" and int(query["rrttl"]) >= 3600, 200, reply(operation, 280, "invalid ttl"))
        record = zone.add(absolute(query["rrhost"]), "TXT", query["rrvalue"], query["rrttl"])
        return reply(operation, 300, "success", f"<record_id>{id_of(record)}</record_id>")
    need(operation == "dnsDeleteRecord", 200, reply(operation, 108, "Invalid operation"))
    found = [r for r in zone.records if id_of(r) == query["rrid"]]
    need(found, 200, reply(operation, 280, "no such record"))
    zone.remove(found[0])
    return reply(operation, 300, "success")
