"""deSEC: record sets by domain, subname and type; bulk PUT; TXT in quotes; each domain has a minimum_ttl, mostly of
3600 s."""
import os

from fake_zone import ZONE, Answer, absolute, need, unquoted

TOKEN = "desec-token-right"
MINIMUM_TTL = int(os.environ.get("FAKE_ZONE_MINIMUM_TTL", "3600"))
SETTINGS = {"token": TOKEN}
DENIED = "Invalid token."


def shown(zone, name):
    found = zone.find(name, "TXT")
    return {"domain": ZONE, "name": name + ".", "type": "TXT", "ttl": found[0].ttl if found else 3600,
            "records": [f'"{r.value}"' for r in found]}


def handle(request, zone):
    need(request.origin == "https://desec.io", 404, "no such host")
    need(request.header("Authorization") == "Token " + TOKEN, 401, {"detail": "Invalid token."})
    need(request.path[:4] == ["api", "v1", "domains", ZONE], 404, {"detail": "Not found."})
    rest = request.path[4:]
    need(rest[0] == "rrsets" and rest[-1] == "", 404, {"detail": "Not found."})
    if request.method == "GET":
        need(len(rest) == 4 and rest[2] == "TXT", 404, {"detail": "Not found."})
        name = absolute(rest[1])
        need(zone.find(name, "TXT"), 404, {"detail": "Not found."})
        return shown(zone, name)
    need(request.method == "PUT" and len(rest) == 2, 405, {"detail": "Method not allowed."})
    answers = []
    for item in request.json():
        need(set(item) == {"subname", "type", "ttl", "records"}, 400, [{"non_field_errors": ["fields are missing"]}])
        need(isinstance(item["ttl"], int) and item["ttl"] >= MINIMUM_TTL, 400,
             [{"ttl": [f"Ensure this value is greater than or equal to {MINIMUM_TTL}."]}])
        need(item["ttl"] <= 86400, 400, [{"ttl": ["Ensure this value is less than or equal to 86400."]}])
        need(item["subname"] != "@", 400, [{"subname": ["must be empty for the apex"]}])
        for text in item["records"]:
            need(text[0] == text[-1] == '"', 400, [{"records": ["Data for TXT records must be given in quotes."]}])
        zone.replace(absolute(item["subname"]), "TXT", [unquoted(t) for t in item["records"]], item["ttl"])
        answers.append(shown(zone, absolute(item["subname"])))
    return Answer(answers)
