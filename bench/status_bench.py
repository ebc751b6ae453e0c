#!/usr/bin/env python3
"""How long `certstead status` takes over many credentials, as a person waits for it: the process, the manager, the table.

    bench/status_bench.py [--certstead BINARY] [--sets 10000] [--rounds 9]

A lab's manager on loopback; every set has one imported P-256 key with its certificate, and one in a hundred a report of a
deployment. Prints median, fastest and slowest, and the same for `list` and `health`; `version` is the process alone. Needs
pebble and python3-cryptography.
"""
import argparse
import datetime
import shutil
import statistics
import subprocess
import tempfile
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from issue_bench import Lab
from nobody import as_nobody


def make_pem(count):
    """Names and PEM texts of keys with their certificates, under a CA of this run."""
    ca_key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.timezone.utc)
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bench CA")])

    def sign(subject, key, extensions):
        builder = x509.CertificateBuilder(ca_name, subject, key.public_key(), x509.random_serial_number(),
                                          now - datetime.timedelta(days=1), now + datetime.timedelta(days=89))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(ca_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

    for number in range(count):
        name, key = f"host{number:05}.bench.test", ec.generate_private_key(ec.SECP256R1())
        leaf = sign(x509.Name([]), key, [(x509.SubjectAlternativeName([x509.DNSName(name)]), True),
                                         (x509.BasicConstraints(False, None), True),
                                         (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)])
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                    serialization.NoEncryption()).decode()
        yield name, private + leaf


def fill(lab, count):
    made = list(make_pem(count))
    for start in range(0, count, 1000):
        lab.call("POST", "/api/v1/imports",
                 {"files": [{"name": name, "text": text} for name, text in made[start:start + 1000]]})
    for name, _ in made[::100]:
        report = {"host": "bench", "set": name, "layout": "combined", "outcome": "done", "error": "", "error_id": "",
                  "deployed": [], "served": [], "reported": "2026-01-01T00:00:00Z"}
        lab.call("PUT", f"/api/v1/deployments/{name}", report)
    return len(lab.call("GET", "/api/v1/status?limit=5000")["sets"])


def measure(words, rounds):
    times = []
    for _ in range(rounds):
        begun = time.monotonic()
        subprocess.run(as_nobody() + words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
