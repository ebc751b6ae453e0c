"""Cloudflare API v4: bearer token, zones by name, records with ids, an envelope of success, errors and result."""
import re

from fake_zone import ZONE, need, unquoted

TOKEN = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY"
SETTINGS = {"api_token": TOKEN}
DENIED = "Invalid request headers: Invalid format for Authorization header"
ZONE_ID = "023e105f4ecef8ad9ca31a8372d0c353"


def failure(code, message):
    return {"success": False, "errors": [{"code": code, "message": message}], "messages": [], "result": None}


def success(result, **more):
    return {"success": True, "errors": [], "messages": [], "result": result, **more}


def shown(record):
    content = f'"{record.value}"' if record.type == "TXT" else record.value
    return {"id": f"{record.id:032x}", "type": record.type, "name": record.name, "content": content, "ttl": record.ttl,
            "proxied": False}


def handle(request, zone):
    need(request.origin == "https://api.cloudflare.com", 404, "no such host")
    malformed = failure(6003, "Invalid request headers")
    malformed["errors"][0]["error_chain"] = [{"code": 6111, "message": "Invalid format for Authorization header"}]
    need(re.fullmatch(r"Bearer [\w-]{40}", request.header("Authorization")), 400, malformed)
    need(request.header("Authorization") == "Bearer " + TOKEN, 403, failure(9109, "Invalid access token"))
    need(request.path[:3] == ["client", "v4", "zones"], 404, failure(7000, "No route for that URI"))
    rest = [part for part in request.path[3:] if part]  # a slash at the end changes nothing
    if not rest:
        need(request.method == "GET", 405, failure(7001, "Method not available"))
        wanted = request.query.get("name", ZONE)
        rows = [{"id": ZONE_ID, "name": ZONE, "status": "active"}] if wanted == ZONE else []
        return success(rows, result_info={"page": 1, "per_page": 20, "count": len(rows), "total_pages": 1})
    need(rest[0] == ZONE_ID and rest[1] == "dns_records", 404, failure(7003, "Could not route to that zone"))
    if len(rest) == 2 and request.method == "GET":
        found = zone.find(request.query.get("name"), request.query.get("type"))
        # One on a page, so that a client has to turn the pages.
        page = int(request.query.get("page", 1))
        return success([shown(r) for r in found[page - 1:page]],
                       result_info={"page": page, "per_page": 1, "count": 1, "total_pages": max(1, len(found))})
    if len(rest) == 2 and request.method == "POST":
        body = request.json()
        need(body["type"] == "TXT" and isinstance(body["ttl"], int), 400, failure(9000, "DNS record is invalid"))
        need(body["ttl"] == 1 or 60 <= body["ttl"] <= 86400, 400, failure(9021, "Invalid TTL"))
        # Without quotes it is taken all the same; the dashboard only warns.
        value = unquoted(body["content"])
        need('"' not in value, 400, failure(9207, "Content for TXT record is invalid."))
        need(not zone.find(body["name"], "TXT", value), 400, failure(81058, "An identical record already exists."))
        return success(shown(zone.add(body["name"], "TXT", value, body["ttl"])))
    need(len(rest) == 3 and request.method == "DELETE", 405, failure(7001, "Method not available"))
    record = zone.by_id(int(rest[2], 16))
    need(record, 404, failure(81044, "Record does not exist."))
    zone.remove(record)
    return success({"id": rest[2]})
