"""Hetzner Cloud API: record sets below a zone's name; actions that add and remove records."""
from fake_zone import ZONE, Answer, absolute, need

TOKEN = "hcloud-token-right"
SETTINGS = {"api_token": TOKEN}
DENIED = "unable to authenticate"


def error(code, message):
    return {"error": {"code": code, "message": message, "details": None}}


def handle(request, zone):
    need(request.origin == "https://api.hetzner.cloud", 404, "no such host")
    need(request.header("Authorization") == "Bearer " + TOKEN, 401, error("unauthorized", "unable to authenticate"))
    need(request.path[:4] == ["v1", "zones", ZONE, "rrsets"], 404, error("not_found", "zone not found"))
    host, kind, *rest = request.path[4:]
    name = absolute(host)
    if request.method == "GET" and not rest:
        found = zone.find(name, kind)
        need(found, 404, error("not_found", "rrset not found"))
        return {"rrset": {"id": f"{host}/{kind}", "name": host, "type": kind, "ttl": found[0].ttl, "zone": 42,
                          "records": [{"value": f'"{r.value}"', "comment": ""} for r in found]}}
    need(request.method == "POST" and rest[0] == "actions", 405, error("method_not_allowed", "method not allowed"))
    records = request.json()["records"]
    need(records, 422, error("invalid_input", "records must not be empty"))
    for record in records:
        text = record["value"]
        need(text[0] == text[-1] == '"', 422, error("invalid_input", "invalid input in field 'records'"))
        found = zone.find(name, kind, text[1:-1])
        if rest[1] == "add_records":
            need(not found, 422, error("uniqueness_error", "record exists already"))
            zone.add(name, kind, text[1:-1])
        else:
            need(rest[1] == "remove_records", 404, error("not_found", "no such action"))
            need(found, 422, error("invalid_input", "record not found"))
            zone.remove(found[0])
    return Answer({"action": {"id": 1, "command": rest[1], "status": "running", "progress": 0, "error": None}}, 201)
