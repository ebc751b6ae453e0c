"""Google Cloud DNS v1: a service account's JWT for a token; changes that add and delete whole record sets."""
import base64
import json
import subprocess
import tempfile
import time

from fake_zone import ZONE, need


def make_key():
    return subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], check=True,
                          capture_output=True, text=True).stdout


def account(key):
    return json.dumps({"type": "service_account", "project_id": "project-1", "private_key_id": "kid-1", "private_key": key,
                       "client_email": "dns@project-1.iam.gserviceaccount.com", "client_id": "1",
                       "token_uri": "https://oauth2.googleapis.com/token"})


KEY = make_key()
SETTINGS = {"service_account": account(KEY)}
WRONG = {"service_account": account(make_key())}
DENIED = "Invalid JWT Signature."
TOKEN = "ya29.gcloud-token-right"


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def token(request):
    form = request.form()
    bad = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    need(form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer", 400, {"error": "unsupported_grant_type"})
    head, claims, signature = form["assertion"].split(".")
    with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as sig:
        key.write(KEY.encode())
        key.flush()
        sig.write(decoded(signature))
        sig.flush()
        done = subprocess.run(["openssl", "dgst", "-sha256", "-prverify", key.name, "-signature", sig.name],
                              input=f"{head}.{claims}".encode(), capture_output=True)
    need(done.returncode == 0, 400, bad)
    need(json.loads(decoded(head)) == {"alg": "RS256", "typ": "JWT", "kid": "kid-1"}, 400, bad)
    said = json.loads(decoded(claims))
    need(said["iss"].startswith("dns@") and said["aud"] == "https://oauth2.googleapis.com/token"
         and "clouddns" in said["scope"] and isinstance(said["exp"], int) and 0 < said["exp"] - said["iat"] <= 3600
         and abs(said["iat"] - time.time()) < 300, 400, {"error": "invalid_grant", "error_description": "Invalid JWT: claims"})
    return {"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"}


def error(code, text):
    return {"error": {"code": code, "message": text, "errors": [{"message": text, "domain": "global", "reason": "x"}]}}


def check_deletion(gone, zone):
    found = zone.find(gone["name"], gone["type"])
    label = f"'{gone['name']} ({gone['type']})'"
    need(found, 404, error(404, f"The 'entity.change.deletions[0]' resource named {label} does not exist."))
    same = sorted(f'"{r.value}"' for r in found) == sorted(gone["rrdatas"]) and found[0].ttl == gone["ttl"]
    need(same, 412, error(412, "Precondition not met for 'entity.change.deletions[0]'"))


def check_addition(made, zone, deletions):
    label = f"'{made['name']} ({made['type']})'"
    replaced = any((gone["name"], gone["type"]) == (made["name"], made["type"]) for gone in deletions)
    need(replaced or not zone.find(made["name"], made["type"]), 409,
         error(409, f"The resource 'entity.change.additions[0]' named {label} already exists"))
    need(made["rrdatas"] and isinstance(made["ttl"], int) and all(v[0] == v[-1] == '"' for v in made["rrdatas"]), 400,
         error(400, "Invalid value for 'entity.change.additions[0].rrdata'"))


def change(body, zone):
    """Made whole or not at all."""
    deletions, additions = body.get("deletions", []), body.get("additions", [])
    for gone in deletions:
        check_deletion(gone, zone)
    for made in additions:
        check_addition(made, zone, deletions)
    for gone in deletions:
        zone.replace(gone["name"], gone["type"], [])
    for made in additions:
        zone.replace(made["name"], made["type"], [v[1:-1] for v in made["rrdatas"]], made["ttl"])
    return {"kind": "dns#change", "id": "7", "status": "pending", **body}


def handle(request, zone):
    if request.url == "https://oauth2.googleapis.com/token":
        return token(request)
    need(request.origin == "https://dns.googleapis.com", 404, "not found")
    need(request.header("Authorization") == "Bearer " + TOKEN, 401, error(401, "Request had invalid authentication credentials."))
    need(request.path[:5] == ["dns", "v1", "projects", "project-1", "managedZones"], 404, error(404, "not found"))
    rest = request.path[5:]
    if not rest:
        rows = [{"name": "inside", "dnsName": ZONE + ".", "visibility": "private"}, {"name": "zone-1", "dnsName": ZONE + ".", "visibility": "public"}]
        return {"kind": "dns#managedZonesListResponse", "managedZones": [r for r in rows if r["dnsName"] == request.query.get("dnsName", ZONE + ".")]}
    need(rest[0] == "zone-1", 404, error(404, "The 'parameters.managedZone' resource named 'x' does not exist."))
    if rest[1:] == ["changes"] and request.method == "POST":
        return change(request.json(), zone)
    need(rest[1:] == ["rrsets"] and request.method == "GET", 404, error(404, "not found"))
    found = zone.find(request.query["name"], request.query["type"])
    rows = [{"kind": "dns#resourceRecordSet", "name": request.query["name"], "type": "TXT", "ttl": found[0].ttl,
             "rrdatas": [f'"{r.value}"' for r in found]}] if found else []
    return {"kind": "dns#resourceRecordSetsListResponse", "rrsets": rows}
