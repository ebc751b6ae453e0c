#!/usr/bin/env python3
"""How long `certstead status` takes over many credentials, as a person waits for it: the process, the manager, the table.

    bench/status_bench.py [--certstead BINARY] [--sets 10000] [--rounds 9]

A lab's manager on loopback; every set has one P-256 key, signed by a CA of our own, and one report of a deployment in a
hundred. Prints the median, the slowest, and the same for `list` and `health`.
"""
import argparse
import concurrent.futures
import statistics
import shutil
import subprocess
import tempfile
import threading
import time

from issue_bench import Lab, UnixConnection, as_user
import json


class Caller(threading.local):
    """One kept connection for each thread."""

    connection = None


caller = Caller()


def call(path, method, target, body):
    if caller.connection is None:
        caller.connection = UnixConnection(path)
    caller.connection.request(method, target, json.dumps(body), {"Content-Type": "application/json"})
    answer = caller.connection.getresponse()
    data = json.loads(answer.read() or b"null")
    if answer.status >= 300:
        raise SystemExit(f"{method} {target}: {answer.status} {data}")
    return data


def fill(lab, count):
    names = [f"host{number:05}.bench.test" for number in range(count)]
    call(lab.socket, "POST", "/api/v1/sets", {"names": [names[0]], "issuer": "microca", "key_types": ["p256"]})
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda name: call(lab.socket, "POST", "/api/v1/sets",
                                        {"names": [name], "issuer": "microca", "key_types": ["p256"]}), names[1:]))
    while any(line["issued"] is None for line in lab.call("GET", "/api/v1/status")["sets"]):
        time.sleep(1)
    for name in names[::100]:
        report = {"host": "bench", "set": name, "layout": "combined", "outcome": "done", "error": "", "error_id": "",
                  "deployed": [], "served": [], "reported": "2026-01-01T00:00:00Z"}
        call(lab.socket, "PUT", f"/api/v1/deployments/{name}", report)


def measure(words, rounds):
    times = []
    for _ in range(rounds):
        begun = time.monotonic()
        subprocess.run(as_user() + words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.monotonic() - begun)
    return f"median {statistics.median(times):.3f} s, fastest {min(times):.3f} s, slowest {max(times):.3f} s of {rounds}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--certstead", default="build/bench/bin/certstead")
    parser.add_argument("--sets", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="certstead-bench-")
    subprocess.run(["chmod", "755", directory], check=True)
    lab = Lab(options.certstead, directory + "/status", 0, False)
    try:
        fill(lab, options.sets)
        for verb in (["status"], ["list"], ["health"], ["version"]):
            print(f"{options.sets} credentials, {' '.join(verb)}:",
                  measure([options.certstead, "--socket", lab.socket] + verb, options.rounds), flush=True)
    finally:
        lab.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
