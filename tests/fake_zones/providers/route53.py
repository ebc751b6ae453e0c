"""Amazon Route 53 2013-04-01: XML, Signature Version 4 (computed here anew), whole record sets."""
import hashlib
import hmac
import re
import urllib.parse
import xml.etree.ElementTree as tree
from xml.sax.saxutils import escape

from fake_zone import ZONE, Refused, need, unquoted

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SETTINGS = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": SECRET}
DENIED = "The request signature we calculated does not match the signature you provided."
NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/"


def error(code, text):
    return (f'<?xml version="1.0"?><ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code>'
            f"<Message>{escape(text)}</Message></Error><RequestId>b25f48e8-84fd-11e6-80d9-574e0c4664cb</RequestId></ErrorResponse>")


# Too many requests are a bad request.
LIMITED = (400, error("Throttling", "Rate exceeded"))


def check_signature(request):
    refused = (403, error("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided."))
    found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/(\d{8})/us-east-1/route53/aws4_request, "
                         r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})", request.header("Authorization"))
    need(found, *refused)
    day, names, signature = found.groups()
    date = request.header("X-Amz-Date")
    need(date.startswith(day) and {"host", "x-amz-date"} <= set(names.split(";")), *refused)
    lines = "".join(f"{n}:{'route53.amazonaws.com' if n == 'host' else request.header(n).strip()}\n" for n in names.split(";"))
    query = "&".join(sorted(f"{urllib.parse.quote(k, safe='-_.~')}={urllib.parse.quote(v, safe='-_.~')}" for k, v in request.query.items()))
    canonical = "\n".join([request.method, urllib.parse.quote(request.raw_path, safe="/-_.~"), query, lines, names,
                           hashlib.sha256(request.body).hexdigest()])
    scope = f"{day}/us-east-1/route53/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + SECRET).encode()
    for part in (day, "us-east-1", "route53", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    need(hmac.new(key, text.encode(), hashlib.sha256).hexdigest() == signature, *refused)


def shown(zone, name, kind):
    found = zone.find(name, kind)
    if not found:
        return ""
    quote = '"' if kind == "TXT" else ""
    rows = "".join(f"<ResourceRecord><Value>{quote}{escape(r.value)}{quote}</Value></ResourceRecord>" for r in found)
    return (f"<ResourceRecordSet><Name>{name}.</Name><Type>{kind}</Type><TTL>{found[0].ttl}</TTL>"
            f"<ResourceRecords>{rows}</ResourceRecords></ResourceRecordSet>")


def batch_problem(action, name, kind, problem):
    return 400, error("InvalidChangeBatch", f"[Tried to {action} resource record set [name='{name}', type='{kind}'] but {problem}]")


def apply(one, zone):
    space = {"r": NAMESPACE}
    rrset = one.find("r:ResourceRecordSet", space)
    name, kind = rrset.find("r:Name", space).text, rrset.find("r:Type", space).text
    ttl = int(rrset.find("r:TTL", space).text)
    values = [v.text for v in rrset.findall("r:ResourceRecords/r:ResourceRecord/r:Value", space)]
    need(values and all(v[0] == v[-1] == '"' for v in values), 400, error("InvalidChangeBatch", "values must be in quotes"))
    action = one.find("r:Action", space).text
    need(action in ("CREATE", "DELETE", "UPSERT"), 400, error("InvalidInput", "Invalid action"))
    here = zone.find(name, kind)
    if action == "DELETE":
        need(here, *batch_problem("delete", name, kind, "it was not found"))
        same = sorted(f'"{r.value}"' for r in here) == sorted(values) and here[0].ttl == ttl
        need(same, *batch_problem("delete", name, kind, "the values provided do not match the current values"))
        values = []
    need(action != "CREATE" or not here, *batch_problem("create", name, kind, "it already exists"))
    zone.replace(name, kind, [unquoted(v) for v in values], ttl)


def change(body, zone):
    """A batch is made whole or not at all."""
    root = tree.fromstring(body)
    need(root.tag == f"{{{NAMESPACE}}}ChangeResourceRecordSetsRequest", 400, error("MalformedXML", "The request is malformed"))
    before = list(zone.records)
    try:
        for one in root.findall("r:ChangeBatch/r:Changes/r:Change", {"r": NAMESPACE}):
            apply(one, zone)
    except Refused:
        zone.records[:] = before
        raise


def handle(request, zone):
    need(request.origin == "https://route53.amazonaws.com", 404, "not found")
    check_signature(request)
    need(request.path[0] == "2013-04-01", 404, error("NotFound", "no such version"))
    rest = request.path[1:]
    if rest == ["hostedzonesbyname"]:
        return (f'<?xml version="1.0"?><ListHostedZonesByNameResponse xmlns="{NAMESPACE}"><HostedZones>'
                f"<HostedZone><Id>/hostedzone/ZPRIVATE</Id><Name>{ZONE}.</Name><Config><PrivateZone>true</PrivateZone></Config></HostedZone>"
                f"<HostedZone><Id>/hostedzone/Z1PA6795</Id><Name>{ZONE}.</Name><Config><PrivateZone>false</PrivateZone></Config></HostedZone>"
                "</HostedZones><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesByNameResponse>")
    need(rest[:2] == ["hostedzone", "Z1PA6795"] and rest[2] == "rrset", 404, error("NoSuchHostedZone", "No hosted zone found"))
    if request.method == "POST":
        need(rest[3:] == [""], 404, error("NotFound", "the path ends with a slash"))
        change(request.body, zone)
        return (f'<?xml version="1.0"?><ChangeResourceRecordSetsResponse xmlns="{NAMESPACE}"><ChangeInfo><Id>/change/C1</Id>'
                "<Status>PENDING</Status></ChangeInfo></ChangeResourceRecordSetsResponse>")
    # The listing begins at the name asked for and goes on with those behind it.
    start = (request.query["name"].rstrip("."), request.query["type"])
    keys = sorted(key for key in {(r.name, r.type) for r in zone.records} if key >= start)[:int(request.query["maxitems"])]
    return (f'<?xml version="1.0"?><ListResourceRecordSetsResponse xmlns="{NAMESPACE}"><ResourceRecordSets>'
            + "".join(shown(zone, *key) for key in keys)
            + "</ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>1</MaxItems></ListResourceRecordSetsResponse>")
