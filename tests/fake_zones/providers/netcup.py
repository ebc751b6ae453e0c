"""netcup CCP: one endpoint, an action and its parameters, a session; every answer has the HTTP status 200."""
from fake_zone import ZONE, absolute, need, relative

SETTINGS = {"customer_number": "12345", "api_key": "nc-key-right", "api_password": "nc-password-right"}
DENIED = "The API key is not valid"
SESSION = "c2Vzc2lvbg-fake-session"


def reply(action, data, status="success", code=2000, message=""):
    return {"serverrequestid": "x", "clientrequestid": "", "action": action, "status": status, "statuscode": code,
            "shortmessage": message[:40], "longmessage": message, "responsedata": data}


def shown(record):
    return {"id": str(record.id), "hostname": relative(record.name) or "@", "type": record.type, "priority": "0",
            "destination": record.value, "deleterecord": False, "state": "yes"}


def handle(request, zone):
    need(request.url == "https://ccp.netcup.net/run/webservice/servers/endpoint.php?JSON", 404, "not found")
    body = request.json()
    action, param = body["action"], body["param"]
    need(param["customernumber"] == "12345" and param["apikey"] == "nc-key-right", 200,
         reply(action, "", "error", 4013, "Validation Error. The API key is not valid."))
    if action == "login":
        need(param["apipassword"] == "nc-password-right", 200, reply(action, "", "error", 4013, "The login to the API failed."))
        return reply(action, {"apisessionid": SESSION})
    need(param["apisessionid"] == SESSION, 200, reply(action, "", "error", 4001, "Api session id in invalid format"))
    need(param["domainname"] == ZONE, 200, reply(action, "", "error", 5029, "Domain not found"))
    if action == "infoDnsRecords":
        return reply(action, {"dnsrecords": [shown(r) for r in zone.records]})
    need(action == "updateDnsRecords", 200, reply(action, "", "error", 4002, "Unknown action"))
    for item in param["dnsrecordset"]["dnsrecords"]:
        if item["id"]:
            record = zone.by_id(item["id"])
            need(record and record.value == item["destination"], 200, reply(action, "", "error", 4013, "Value in field id does not match requirements"))
            need(item["deleterecord"] is True, 200, reply(action, "", "error", 4013, "deleterecord"))
            zone.remove(record)
        else:
            zone.add(absolute(item["hostname"]), item["type"], item["destination"])
    return reply(action, {"dnsrecords": [shown(r) for r in zone.records]})
