"""INWX DomRobot over JSON-RPC: a session in a cookie; codes as in EPP; HTTP status 200 throughout."""
from fake_zone import ZONE, Answer, need

SETTINGS = {"username": "user", "password": "inwx-password-right"}
DENIED = "Authentication error"
SESSION = "0123456789abcdef-inwx-session"


def reply(code, message, data=None):
    return {"code": code, "msg": message, "resData": data or {}}


def handle(request, zone):
    need(request.url == "https://api.domrobot.com/jsonrpc/" and request.method == "POST", 404, "not found")
    body = request.json()
    method, params = body["method"], body["params"]
    if method == "account.login":
        need(params["user"] == "user" and params["pass"] == "inwx-password-right", 200, reply(2200, "Authentication error"))
        return Answer(reply(1000, "Command completed successfully", {"customerId": 1, "tfa": "0"}), 200,
                      {"Set-Cookie": f"domrobot={SESSION}; path=/; secure; HttpOnly"})
    need(request.header("Cookie") == "domrobot=" + SESSION, 200, reply(2201, "Authorization error"))
    if method == "nameserver.info":
        need(params["domain"] == ZONE, 200, reply(2303, "Object does not exist"))
        found = zone.find(params.get("name"), params.get("type"), params.get("content"))
        return reply(1000, "Command completed successfully", {
            "roId": 1, "domain": ZONE, "count": len(found),
            **({"record": [{"id": r.id, "name": r.name, "type": r.type, "content": r.value, "ttl": r.ttl, "prio": 0}
                           for r in found]} if found else {})})
    if method == "nameserver.createRecord":
        need(params["domain"] == ZONE and params["ttl"] >= 300, 200, reply(2003, "Required parameter missing"))
        need(not zone.find(params["name"], "TXT", params["content"]), 200, reply(2302, "Object exists"))
        return reply(1000, "Command completed successfully", {"id": zone.add(params["name"], params["type"], params["content"], params["ttl"]).id})
    need(method == "nameserver.deleteRecord" and isinstance(params["id"], int), 200, reply(2000, "Unknown command"))
    record = zone.by_id(params["id"])
    need(record, 200, reply(2303, "Object does not exist"))
    zone.remove(record)
    return reply(1000, "Command completed successfully")
