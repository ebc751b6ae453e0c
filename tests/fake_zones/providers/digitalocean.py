"""DigitalOcean API v2: records with ids and names relative to the domain; a page is named by a link."""
from fake_zone import ZONE, Answer, absolute, need, relative

TOKEN = "dop_v1_right"
SETTINGS = {"auth_token": TOKEN}
DENIED = "Unable to authenticate you"


def shown(record):
    return {"id": record.id, "type": record.type, "name": relative(record.name) or "@", "data": record.value,
            "ttl": record.ttl}


def handle(request, zone):
    need(request.origin == "https://api.digitalocean.com", 404, "no such host")
    need(request.header("Authorization") == "Bearer " + TOKEN, 401,
         {"id": "unauthorized", "message": "Unable to authenticate you"})
    missing = {"id": "not_found", "message": "The resource you were accessing could not be found."}
    need(request.path[:4] == ["v2", "domains", ZONE, "records"], 404, missing)
    rest = request.path[4:]
    if not rest and request.method == "GET":
        need(int(request.query.get("per_page", 20)) <= 200, 400, {"id": "bad_request", "message": "per_page is too large"})
        # The name to look for is a whole one, unlike the names of the answer.
        found = zone.find(request.query.get("name"), request.query.get("type"))
        page, size = int(request.query.get("page", 1)), 7
        links = {"pages": {"next": "https://api.digitalocean.com/v2/..."}} if len(found) > page * size else {}
        return {"domain_records": [shown(r) for r in found[(page - 1) * size:page * size]], "links": links,
                "meta": {"total": len(found)}}
    if not rest and request.method == "POST":
        body = request.json()
        need(body["type"] == "TXT" and isinstance(body["data"], str) and isinstance(body["ttl"], int)
             and body["ttl"] >= 30, 422, {"id": "unprocessable_entity", "message": "Data is invalid."})
        return Answer({"domain_record": shown(zone.add(absolute(body["name"]), "TXT", body["data"], body["ttl"]))}, 201)
    need(len(rest) == 1 and request.method == "DELETE", 405, missing)
    record = zone.by_id(rest[0])
    need(record, 404, missing)
    zone.remove(record)
    return Answer(None, 204)
