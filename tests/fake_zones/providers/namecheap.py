"""Namecheap: one URL, a command in a form, XML answers; setHosts replaces all records of the domain."""
from xml.sax.saxutils import quoteattr

from fake_zone import absolute, need, relative

SETTINGS = {"api_user": "tester", "api_key": "namecheap-key-right", "client_ip": "192.0.2.7"}
DENIED = "API Key is invalid or API access has not been enabled"


def error(number, text):
    return ('<?xml version="1.0" encoding="utf-8"?><ApiResponse Status="ERROR" xmlns="http://api.namecheap.com/xml.response">'
            f'<Errors><Error Number="{number}">{text}</Error></Errors><Warnings /><RequestedCommand /></ApiResponse>')


def success(command, inside):
    return ('<?xml version="1.0" encoding="utf-8"?><ApiResponse Status="OK" xmlns="http://api.namecheap.com/xml.response">'
            f'<Errors /><Warnings /><RequestedCommand>{command}</RequestedCommand><CommandResponse Type="{command}">{inside}'
            '</CommandResponse><Server>X</Server><GMTTimeDifference>--5:00</GMTTimeDifference></ApiResponse>')


def handle(request, zone):
    need(request.origin == "https://api.namecheap.com" and request.path == ["xml.response"], 404, "not found")
    form = request.form()
    need(form["ApiKey"] == "namecheap-key-right" and form["ApiUser"] == form["UserName"] == "tester", 200,
         error(1011102, "API Key is invalid or API access has not been enabled"))
    need(form["ClientIp"] == "192.0.2.7", 200, error(1011150, "Invalid request IP"))
    need((form["SLD"], form["TLD"]) == ("example", "test"), 200, error(2019166, "Domain name not found"))
    if form["Command"] == "namecheap.domains.dns.getHosts":
        rows = "".join(f'<host HostId="{r.id}" Name={quoteattr(relative(r.name) or "@")} Type="{r.type}" Address={quoteattr(r.value)} '
                       f'MXPref="{getattr(r, "priority", 10)}" TTL="{r.ttl}" IsActive="true" />' for r in zone.records)
        return success(form["Command"], f'<DomainDNSGetHostsResult Domain="example.test" EmailType="MX" IsUsingOurDNS="true">{rows}</DomainDNSGetHostsResult>')
    need(form["Command"] == "namecheap.domains.dns.setHosts", 200, error(10101, "Unknown command"))
    need(form["EmailType"] == "MX", 200, error(2050900, "EmailType would be lost"))
    rows, n = [], 1
    while f"HostName{n}" in form:
        rows.append((form[f"HostName{n}"], form[f"RecordType{n}"], form[f"Address{n}"], form[f"MXPref{n}"], int(form[f"TTL{n}"])))
        need(60 <= rows[-1][4] <= 60000, 200, error(2015280, "Invalid TTL"))
        n += 1
    need(rows, 200, error(2015280, "no host records"))
    zone.records.clear()
    for host, kind, address, preference, ttl in rows:
        zone.add(absolute(host), kind, address, ttl, priority=preference)
    return success(form["Command"], '<DomainDNSSetHostsResult Domain="example.test" IsSuccess="true" />')
