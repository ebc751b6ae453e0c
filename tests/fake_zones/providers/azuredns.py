"""Azure DNS 2018-05-01: a token of client credentials, whole record sets guarded by their etag."""
import itertools

from fake_zone import ZONE, Answer, absolute, need

SETTINGS = {"tenant_id": "tenant-1", "client_id": "client-1", "client_secret": "azure-secret-right",
            "subscription_id": "sub-1", "resource_group": "group-1"}
DENIED = "Invalid client secret provided."
TOKEN = "eyJ0-azure-token-right"


def error(code, text):
    return {"error": {"code": code, "message": text}}


# Each write gives the record set another one, whatever it wrote.
ETAGS = (f"00000000-0000-0000-0000-{number:012}" for number in itertools.count(1))


def write(zone, name, values, ttl=300):
    zone.replace(name, "TXT", values, ttl)
    tag = next(ETAGS)
    for record in zone.find(name, "TXT"):
        record.etag = tag


def etag(found):
    return getattr(found[0], "etag", "00000000-0000-0000-0000-000000000000") if found else ""


def shown(zone, name, host):
    found = zone.find(name, "TXT")
    return {"id": "/subscriptions/...", "name": host, "type": "Microsoft.Network/dnszones/TXT", "etag": etag(found),
            "properties": {"fqdn": name + ".", "TTL": found[0].ttl, "TXTRecords": [{"value": [r.value]} for r in found],
                           "provisioningState": "Succeeded"}}


def token(request):
    form = request.form()
    need(request.path == ["tenant-1", "oauth2", "v2.0", "token"] and form["grant_type"] == "client_credentials"
         and form["scope"] == "https://management.azure.com/.default", 400, {"error": "invalid_request", "error_description": "malformed"})
    need(form["client_id"] == "client-1" and form["client_secret"] == "azure-secret-right", 401,
         {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."})
    return {"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN}


def handle(request, zone):
    if request.origin == "https://login.microsoftonline.com":
        return token(request)
    need(request.origin == "https://management.azure.com", 404, "not found")
    need(request.header("Authorization") == "Bearer " + TOKEN, 401, error("InvalidAuthenticationToken", "The access token is invalid."))
    need(request.query.get("api-version") == "2018-05-01", 400, error("MissingApiVersionParameter", "api-version"))
    head = ["subscriptions", "sub-1", "resourceGroups", "group-1", "providers", "Microsoft.Network", "dnsZones", ZONE, "TXT"]
    need(request.path[:9] == head and len(request.path) == 10, 404, error("ResourceNotFound", "The Resource was not found."))
    host = request.path[9]
    name = absolute(host)
    found = zone.find(name, "TXT")
    if request.method == "GET":
        need(found, 404, error("NotFound", "The resource record was not found."))
        return shown(zone, name, host)
    wanted = request.header("If-Match")
    changed = (412, error("PreconditionFailed", "The condition '...' in the If-Match header was not satisfied."))
    need(not wanted or wanted == etag(found), *changed)
    need(request.header("If-None-Match") != "*" or not found, *changed)
    if request.method == "DELETE":
        write(zone, name, [])
        return Answer(None, 200 if found else 204)
    need(request.method == "PUT", 405, error("MethodNotAllowed", "no"))
    properties = request.json()["properties"]
    need(properties["TXTRecords"] and isinstance(properties["TTL"], int), 400, error("BadRequest", "no records"))
    write(zone, name, ["".join(r["value"]) for r in properties["TXTRecords"]], properties["TTL"])
    return Answer(shown(zone, name, host), 200 if found else 201)
