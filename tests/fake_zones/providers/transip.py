"""TransIP REST v6: a token for a body signed with RSA and SHA-512; entries are named by their content."""
import base64
import json
import subprocess
import tempfile

from fake_zone import ZONE, Answer, absolute, need, relative


def make_key():
    return subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], check=True,
                          capture_output=True, text=True).stdout


KEY = make_key()
SETTINGS = {"account_name": "tester", "private_key": KEY}
WRONG = {"private_key": make_key()}
DENIED = "Invalid API signature"
TOKEN = "transip-jwt-right"
NONCES = set()


def verified(body, signature):
    with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as sig:
        key.write(KEY.encode())
        key.flush()
        sig.write(base64.b64decode(signature))
        sig.flush()
        done = subprocess.run(["openssl", "dgst", "-sha512", "-prverify", key.name, "-signature", sig.name], input=body,
                              capture_output=True)
        return done.returncode == 0


def handle(request, zone):
    need(request.origin == "https://api.transip.nl" and request.path[0] == "v6", 404, {"error": "not found"})
    if request.path[1:] == ["auth"]:
        body = json.loads(request.body)
        need(verified(request.body, request.header("Signature")), 401, {"error": "Invalid API signature, signature does not match the request body."})
        need(6 <= len(body["nonce"]) <= 32 and body["nonce"] not in NONCES, 409, {"error": "the nonce was used before"})
        NONCES.add(body["nonce"])
        return Answer({"token": TOKEN}, 201)
    need(request.header("Authorization") == "Bearer " + TOKEN, 401, {"error": "Your access token is invalid."})
    need(request.path[1:] == ["domains", ZONE, "dns"], 404, {"error": f"Domain with name '{request.path[2]}' not found"})
    if request.method == "GET":
        return {"dnsEntries": [{"name": relative(r.name) or "@", "expire": r.ttl, "type": r.type, "content": r.value} for r in zone.records]}
    entry = request.json()["dnsEntry"]
    need(isinstance(entry["expire"], int), 406, {"error": "The expire is not valid"})
    if request.method == "POST":
        zone.add(absolute(entry["name"]), entry["type"], entry["content"], entry["expire"])
        return Answer(None, 201)
    need(request.method == "DELETE", 405, {"error": "no"})
    found = [r for r in zone.find(absolute(entry["name"]), entry["type"], entry["content"]) if r.ttl == entry["expire"]]
    need(found, 404, {"error": "Dns entry not found"})
    zone.remove(found[0])
    return Answer(None, 204)
