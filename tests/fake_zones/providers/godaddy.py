"""GoDaddy domains API v1: record sets by type and name; PUT replaces, an empty PUT is refused."""
from fake_zone import ZONE, Answer, absolute, need, relative

SETTINGS = {"api_key": "gd-key", "api_secret": "gd-secret-right"}
DENIED = "Could not authenticate API key/secret"


def handle(request, zone):
    need(request.origin == "https://api.godaddy.com", 404, "no such host")
    need(request.header("Authorization") == "sso-key gd-key:gd-secret-right", 401,
         {"code": "UNABLE_TO_AUTHENTICATE", "message": "Unauthorized : Could not authenticate API key/secret"})
    need(request.path[:4] == ["v1", "domains", ZONE, "records"] and len(request.path) == 6, 404,
         {"code": "NOT_FOUND", "message": "Not found"})
    kind, name = request.path[4], absolute(request.path[5])
    if request.method == "GET":
        return [{"data": r.value, "name": relative(r.name) or "@", "ttl": r.ttl, "type": r.type} for r in zone.find(name, kind)]
    if request.method == "DELETE":
        need(zone.find(name, kind), 404, {"code": "NOT_FOUND", "message": "Record not found"})
        zone.replace(name, kind, [])
        return Answer(None, 204)
    need(request.method == "PUT", 405, {"code": "METHOD", "message": "no such method"})
    body = request.json()
    need(body and isinstance(body, list), 422, {"code": "INVALID_BODY", "message": "Request body doesn't fulfill schema"})
    need(all(isinstance(item["ttl"], int) for item in body), 422, {"code": "INVALID_BODY", "message": "ttl is no number"})
    zone.replace(name, kind, [item["data"] for item in body], 600)
    return Answer(None, 200)
