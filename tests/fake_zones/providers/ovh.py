"""OVHcloud API 1.0: every request signed; records by numeric id; a zone is served after its refresh."""
import hashlib
import time

from fake_zone import ZONE, Answer, absolute, need, relative

KEY, SECRET, CONSUMER = "ovh-app-key", "ovh-app-secret-right", "ovh-consumer-right"
SETTINGS = {"application_key": KEY, "application_secret": SECRET, "consumer_key": CONSUMER}
DENIED = "Invalid signature"


def handle(request, zone):
    need(request.origin == "https://eu.api.ovh.com", 404, "no such host")
    need(request.header("X-Ovh-Application") == KEY, 403, {"class": "Client::Forbidden", "message": "This application key is invalid"})
    need(abs(int(request.header("X-Ovh-Timestamp")) - time.time()) < 120, 400, {"message": "Invalid timestamp"})
    text = "+".join([SECRET, CONSUMER, request.method, request.url, request.body.decode(), request.header("X-Ovh-Timestamp")])
    right = "$1$" + hashlib.sha1(text.encode()).hexdigest()
    need(request.header("X-Ovh-Signature") == right and request.header("X-Ovh-Consumer") == CONSUMER, 403,
         {"class": "Client::BadRequest", "message": "Invalid signature"})
    missing = {"class": "Client::NotFound", "message": "This service does not exist"}
    need(request.path[:4] == ["1.0", "domain", "zone", ZONE], 404, missing)
    rest = request.path[4:]
    if rest == ["refresh"] and request.method == "POST":
        return Answer(None, 200)
    need(rest[0] == "record", 404, missing)
    if len(rest) == 1 and request.method == "GET":
        name = absolute(request.query["subDomain"]) if "subDomain" in request.query else None
        return [r.id for r in zone.find(name, request.query.get("fieldType"))]
    if len(rest) == 1 and request.method == "POST":
        body = request.json()
        need(body["subDomain"] != "@" and body["ttl"] >= 60, 400, {"message": "Invalid subDomain"})
        record = zone.add(absolute(body["subDomain"]), body["fieldType"], body["target"], body["ttl"])
        return {"id": record.id, "zone": ZONE, "subDomain": relative(record.name), "fieldType": "TXT", "target": record.value}
    record = zone.by_id(rest[1])
    need(record, 404, {"class": "Client::NotFound", "message": "The requested object (id = x) does not exist"})
    if request.method == "DELETE":
        zone.remove(record)
        return Answer(None, 200)
    return {"id": record.id, "zone": ZONE, "subDomain": relative(record.name), "fieldType": record.type,
            "target": f'"{record.value}"', "ttl": record.ttl}
