"""Duck DNS: one GET with everything in its query; answers OK or KO; one TXT value a domain."""
from fake_zone import FOREIGN_NAME, need

TOKEN = "a7c4d0ad-114e-40ef-ba1d-d217904a50f2"
SETTINGS = {"token": TOKEN}
DENIED = "KO"
LIMIT = 1


def handle(request, zone):
    need(request.origin == "https://www.duckdns.org" and request.path == ["update"] and request.method == "GET", 404, "not found")
    query = request.query
    need(query["token"] == TOKEN and query["domains"] == "www", 200, "KO")
    zone.replace(FOREIGN_NAME, "TXT", [] if query.get("clear") == "true" else [query["txt"]])
    return "OK"
