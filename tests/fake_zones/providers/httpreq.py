"""lego's httpreq: POST /present and /cleanup with a name and a value, basic authentication."""
import base64

from fake_zone import Answer, need

SETTINGS = {"endpoint": "http://127.0.0.1:{port}", "username": "user", "password": "httpreq-right"}
DENIED = "who are you"


def handle(request, zone):
    right = "Basic " + base64.b64encode(b"user:httpreq-right").decode()
    need(request.header("Authorization") == right, 401, "who are you")
    need(request.method == "POST" and request.path in (["present"], ["cleanup"]), 404, "no such path")
    body = request.json()
    need(set(body) == {"fqdn", "value"} and body["fqdn"].endswith("."), 400, "fqdn and value are wanted")
    found = zone.find(body["fqdn"], "TXT", body["value"])
    if request.path == ["present"] and not found:
        zone.add(body["fqdn"], "TXT", body["value"])
    if request.path == ["cleanup"] and found:
        zone.remove(found[0])
    return Answer("done", 200)
