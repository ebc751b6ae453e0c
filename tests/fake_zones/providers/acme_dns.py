"""acme-dns: a registration may set the TXT of its subdomain; the two latest values are served."""
from fake_zone import FOREIGN_NAME, need

SETTINGS = {"api_base": "http://127.0.0.1:{port}", "username": "c36f50e8-4632-44f0-83fe-e070fef28a10",
            "password": "htB9mR9DYgcu9bX_afHF62erXaH2TS7bg9KW3F7Z", "subdomain": "8e5700ea-a4bf-41c7-8a77-e990661dcc6a"}
DENIED = "forbidden"
LIMIT = 2
STAYS = True


def handle(request, zone):
    need(request.path == ["update"] and request.method == "POST", 404, {"error": "not_found"})
    need(request.header("X-Api-User") == SETTINGS["username"] and request.header("X-Api-Key") == SETTINGS["password"], 401,
         {"error": "forbidden"})
    body = request.json()
    need(body["subdomain"] == SETTINGS["subdomain"], 401, {"error": "forbidden"})
    need(len(body["txt"]) == 43, 400, {"error": "bad_txt"})
    values = [r.value for r in zone.find(FOREIGN_NAME, "TXT")]
    zone.replace(FOREIGN_NAME, "TXT", (values + [body["txt"]])[-2:])
    return {"txt": body["txt"]}
