"""Variomedia: JSON:API, changes are queued and answered with 202."""
from fake_zone import ZONE, Answer, absolute, need, relative

TOKEN = "variomedia-right"
SETTINGS = {"api_token": TOKEN}
DENIED = "Access denied"


def error(status, title):
    return {"errors": [{"status": str(status), "title": title}]}


def handle(request, zone):
    need(request.origin == "https://api.variomedia.de" and request.path[0] == "dns-records", 404, error(404, "Not found"))
    need(request.header("Authorization") == "token " + TOKEN, 401, error(401, "Access denied"))
    need(request.header("Accept") == "application/vnd.variomedia.v1+json", 406, error(406, "Not acceptable"))
    rest = request.path[1:]
    if not rest and request.method == "GET":
        need(request.query["filter[domain]"] == ZONE, 404, error(404, "Domain not found"))
        return {"data": [{"type": "dns-record", "id": str(r.id), "attributes": {
            "record_type": r.type, "fqdn": r.name, "name": relative(r.name), "domain": ZONE, "data": r.value, "ttl": r.ttl}} for r in zone.records]}
    queued = {"data": {"type": "queue-job", "id": "18181818", "attributes": {"job_type": "dns-record", "status": "pending"}}}
    if not rest and request.method == "POST":
        need(request.header("Content-Type") == "application/vnd.api+json", 415, error(415, "Unsupported media type"))
        data = request.json()["data"]
        need(data["type"] == "dns-record" and data["attributes"]["domain"] == ZONE, 422, error(422, "Invalid"))
        attributes = data["attributes"]
        zone.add(absolute(attributes["name"]), attributes["record_type"], attributes["data"], attributes["ttl"])
        return Answer(queued, 202)
    record = zone.by_id(rest[0])
    need(record and request.method == "DELETE", 404, error(404, "Record not found"))
    zone.remove(record)
    return Answer(queued, 202)
