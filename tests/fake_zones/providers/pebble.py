"""pebble-challtestsrv: POST /set-txt adds a value to a name that ends with a dot."""
from fake_zone import Answer, need

SETTINGS = {"management_url": "http://127.0.0.1:{port}"}
DENIED = ""
STAYS = True


def handle(request, zone):
    need(request.method == "POST" and request.path == ["set-txt"], 404, "404 page not found")
    body = request.json()
    need(body["host"].endswith(".") and body["value"], 400, "")
    zone.add(body["host"], "TXT", body["value"])
    return Answer(None, 200)
