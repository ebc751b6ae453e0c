#!/usr/bin/env python3
"""Fake zones: one server that behaves like the API of one DNS provider over a zone in memory.

    fake_zone.py --provider NAME

prints one line of JSON (its port, and what a client must know: SETTINGS, WRONG, DENIED of the provider's file) and
serves until it is stopped. Which requests are right is written in providers/NAME.py from the provider's documentation;
nothing here knows a recipe. A client that thinks it speaks to the provider names the URL that it meant in the header
X-Meant-Url.

Beside the API, for the test alone:
    GET  /_zone            {"records": [[name, type, value], ...]}, sorted
    POST /_fail?how=HOW    how the API answers from now on: ok, 500, 429, limited (the provider's own way to
                           say 429: LIMITED of its file), text (200 and no JSON), silence, huge
    GET  /_requests        how many requests the API has had
"""
import argparse
import importlib
import json
import os
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

ZONE = "example.test"
FOREIGN_NAME = "_acme-challenge.www.example.test"
FOREIGN_VALUE = "foreign-value-that-must-stay"


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status, body, headers=None):
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


class Answer:
    def __init__(self, body=None, status=200, headers=None):
        self.body, self.status, self.headers = body, status, headers or {}


class Request:
    """What came, in the terms of the provider: the URL that the client meant."""

    def __init__(self, method, url, headers, body):
        parts = urllib.parse.urlsplit(url)
        self.method, self.url, self.headers, self.body = method, url, headers, body
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.raw_path, self.raw_query = parts.path, parts.query
        self.path = [urllib.parse.unquote(part) for part in parts.path.split("/")[1:]]
        self.query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))

    def header(self, name):
        return self.headers.get(name, "")

    def json(self):
        if self.headers.get("Content-Type", "").split(";")[0].strip() not in ("application/json", "application/vnd.api+json"):
            raise Refused(415, {"message": "Content-Type must be application/json"})
        try:
            return json.loads(self.body)
        except ValueError:
            raise Refused(400, {"message": "the body is no JSON"}) from None

    def form(self):
        if self.headers.get("Content-Type", "").split(";")[0].strip() != "application/x-www-form-urlencoded":
            raise Refused(415, "Content-Type must be application/x-www-form-urlencoded")
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))


class Record:
    def __init__(self, number, name, kind, value, ttl=300):
        self.id, self.name, self.type, self.value, self.ttl = number, name, kind, value, ttl


class Zone:
    """Records with ids, names without a final dot, TXT values without quotes."""

    def __init__(self, first_id=1001):
        self.lock = threading.RLock()
        self.next_id = first_id
        self.records = []
        self.add(ZONE, "A", "192.0.2.1")
        self.add("www." + ZONE, "CNAME", "example.test")
        self.add(ZONE, "MX", "mail.example.test", priority=10)
        self.add(FOREIGN_NAME, "TXT", FOREIGN_VALUE)
        self.add("other." + ZONE, "TXT", "v=spf1 -all")

    def add(self, name, kind, value, ttl=300, **more):
        record = Record(self.next_id, name.lower().rstrip("."), kind, value, int(ttl))
        for key, text in more.items():
            setattr(record, key, text)
        self.next_id += 1
        self.records.append(record)
        return record

    def find(self, name=None, kind=None, value=None):
        return [r for r in self.records if (name is None or r.name == name.lower().rstrip("."))
                and (kind is None or r.type == kind) and (value is None or r.value == value)]

    def by_id(self, number):
        return next((r for r in self.records if str(r.id) == str(number)), None)

    def remove(self, record):
        self.records.remove(record)

    def replace(self, name, kind, values, ttl=300):
        """The whole record set."""
        for record in self.find(name, kind):
            self.remove(record)
        for value in values:
            self.add(name, kind, value, ttl)


def relative(name):
    """The name below the zone, "" at its apex."""
    name = name.lower().rstrip(".")
    return "" if name == ZONE else name[: -len(ZONE) - 1]


def absolute(host):
    host = host.lower().rstrip(".")
    if host in ("", "@"):
        return ZONE
    return host + "." + ZONE


def unquoted(text):
    if len(text) >= 2 and text[0] == '"' and text[-1] == '"':
        return text[1:-1].replace('\\"', '"')
    return text


def need(condition, status, body):
    if not condition:
        raise Refused(status, body)


def make_handler(provider, zone):
    state = {"how": "ok", "requests": 0}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def say(self, status, body, headers=None):
            kind = "text/plain"
            if isinstance(body, (dict, list)):
                body, kind = json.dumps(body), "application/json"
            elif isinstance(body, str) and body.startswith("<"):
                kind = "application/xml"
            raw = (body or "").encode() if not isinstance(body, bytes) else body
            self.send_response(status)
            names = {name.lower() for name in (headers or {})}
            if raw and "content-type" not in names:
                self.send_header("Content-Type", kind)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            if status != 204:
                self.wfile.write(raw)

        def inspect(self, path, query):
            if path == "/_zone":
                with zone.lock:
                    rows = sorted([r.name, r.type, r.value] for r in zone.records)
                return self.say(200, {"records": rows})
            if path == "/_fail":
                state["how"] = query.get("how", "ok")
                return self.say(200, {})
            return self.say(200, {"requests": state["requests"]})

        def fail(self, how):
            if how == "500":
                self.say(500, {"message": "out of order"})
            elif how == "429":
                self.say(429, {"message": "too many requests"}, {"Retry-After": "77"})
            elif how == "limited":
                self.say(*getattr(provider, "LIMITED", (429, {"message": "too many requests"})))
            elif how == "text":
                self.say(200, "<html>a captive portal</html>", {"Content-Type": "text/html"})
            elif how == "huge":
                self.send_response(200)
                self.send_header("Content-Length", str(1 << 30))
                self.end_headers()
                try:
                    for _ in range(1 << 10):
                        self.wfile.write(b" " * (1 << 20))
                except OSError:
                    pass
                self.close_connection = True
            else:  # silence: the client has to give up
                self.rfile.read(1)
                self.close_connection = True

        def serve(self):
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            local = urllib.parse.urlsplit(self.path)
            if local.path.startswith("/_"):
                return self.inspect(local.path, dict(urllib.parse.parse_qsl(local.query)))
            state["requests"] += 1
            if state["how"] != "ok":
                return self.fail(state["how"])
            meant = self.headers.get("X-Meant-Url") or f"http://{self.headers.get('Host')}{self.path}"
            try:
                request = Request(self.command, meant, self.headers, body)
                # One request at a time, as a database would do it; read-modify-write races stay possible.
                with zone.lock:
                    answer = provider.handle(request, zone)
                if not isinstance(answer, Answer):
                    answer = Answer(answer)
                return self.say(answer.status, answer.body, answer.headers)
            except Refused as refused:
                return self.say(refused.status, refused.body, refused.headers)
            except Exception as error:  # what the documentation does not know is a bad request
                return self.say(400, {"message": f"malformed request: {type(error).__name__}: {error}"})

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve

    return Handler


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--provider", required=True)
    name = parser.parse_args().provider
    sys.modules["fake_zone"] = sys.modules[__name__]
    module = importlib.import_module("providers." + name.replace("-", "_"))
    zone = getattr(module, "make_zone", Zone)()
    server = ThreadingHTTPServer(("127.0.0.1", 0), make_handler(module, zone))
    server.daemon_threads = True
    port = server.server_address[1]
    settings = {key: text.replace("{port}", str(port)) for key, text in module.SETTINGS.items()}
    facts = {"port": port, "settings": settings, "wrong": getattr(module, "WRONG", {}), "denied": module.DENIED,
             "limit": getattr(module, "LIMIT", 0), "stays": getattr(module, "STAYS", False)}
    print(json.dumps(facts), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
