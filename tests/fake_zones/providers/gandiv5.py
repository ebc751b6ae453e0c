"""Gandi LiveDNS v5: record sets by name and type, values of TXT in quotes, TTL of 300 s at least."""
from fake_zone import ZONE, Answer, absolute, need, unquoted

TOKEN = "gandi-pat-right"
SETTINGS = {"personal_access_token": TOKEN}
DENIED = "The server could not verify that you are authorized"


def error(status, kind, message):
    return {"object": kind, "cause": kind, "code": status, "message": message}


def handle(request, zone):
    need(request.origin == "https://api.gandi.net", 404, "no such host")
    need(request.header("Authorization") == "Bearer " + TOKEN, 401, error(
        401, "HTTPUnauthorized", "The server could not verify that you are authorized to access the document you requested."))
    need(request.path[:5] == ["v5", "livedns", "domains", ZONE, "records"] and len(request.path) == 7, 404,
         error(404, "HTTPNotFound", "The resource could not be found."))
    name, kind = absolute(request.path[5]), request.path[6]
    if request.method == "GET":
        found = zone.find(name, kind)
        need(found, 404, error(404, "dns-record", "Can't find the DNS record"))
        return {"rrset_type": kind, "rrset_ttl": found[0].ttl, "rrset_name": request.path[5],
                "rrset_values": [f'"{r.value}"' for r in found]}
    if request.method == "DELETE":
        zone.replace(name, kind, [])
        return Answer(None, 204)
    need(request.method == "PUT", 405, error(405, "HTTPMethodNotAllowed", "not allowed"))
    body = request.json()
    need(body["rrset_ttl"] >= 300 and body["rrset_values"], 400, error(400, "HTTPBadRequest", "invalid rrset"))
    zone.replace(name, kind, [unquoted(v) for v in body["rrset_values"]], body["rrset_ttl"])
    return Answer({"message": "DNS Record Created"}, 201)
