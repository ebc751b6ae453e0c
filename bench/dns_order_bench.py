#!/usr/bin/env python3
"""One order with many names, proved over DNS through the whole manager, beside lego with the same order. On loopback.

    bench/dns_order_bench.py [--certstead build/bench/bin/certstead] [--names 100] [--rounds 3] [--lego-names 25]

Both ask the same Pebble (no sleeps, no nonce refused, no authorization used again), which asks the same BIND, where both
write by signed updates. Ours is timed from `certstead request` to its end, when the certificate is checked and stored;
lego from its start to its end, and once more from BIND's log without its own waits (see dns_update_bench.py, from which
the world comes and which says what has to be installed, and why lego has fewer names and wants root).
"""
import argparse
import os
import ssl
import statistics
import subprocess
import sys
import time
import urllib.request

from dns_update_bench import NO_LEGO, ZONE, can_run_lego, may_bind, medians, world_of


class House:
    """A manager that knows the Pebble and the BIND of a world."""

    def __init__(self, world, binary):
        self.world, self.binary = world, os.path.abspath(binary)
        self.socket = world.path("api.sock")
        self.process = world.start(
            may_bind() + [self.binary, "manager", "--data", world.path("data"), "--identity", world.path("identity"),
                           "--socket", self.socket, "--dns-resolvers", world.server, "--dns-servers",
                           f"ns1.{ZONE}={world.server}"], "manager")
        for _ in range(600):
            if self.ask(["issuer", "list"]).returncode == 0:
                break
            time.sleep(0.05)
        world.write("secret", world.secret)
        os.chmod(world.path("secret"), 0o644)
        self.run(["issuer", "add", "bench", "--directory", f"https://127.0.0.1:{world.port}/dir", "--trust",
                  world.path("cert.pem"), "--allow", "127.0.0.0/8"])
        self.run(["issuer", "default", "bench"])
        world.write("root.pem", self.pebble_root())
        os.chmod(world.path("root.pem"), 0o644)
        self.run(["roots", "add", world.path("root.pem")])
        self.run(["account", "add", "bench", "--agree-tos"])
        self.run(["dns", "add", "main", "--provider", "rfc2136", "-d", ZONE, "--set", "nameserver=" + world.server,
                  "--set", "tsig_key=upd", "--set", "tsig_algorithm=hmac-sha256", "--secret",
                  "tsig_secret=@" + world.path("secret")])

    def pebble_root(self):
        trusted = ssl.create_default_context(cafile=self.world.path("cert.pem"))
        with urllib.request.urlopen(f"https://127.0.0.1:{self.world.management}/roots/0", context=trusted) as answer:
            return answer.read().decode()

    def ask(self, words):
        return subprocess.run(may_bind() + [self.binary, "--socket", self.socket] + words, capture_output=True,
                              text=True, check=False)

    def run(self, words):
        done = self.ask(words)
        if done.returncode != 0:
            sys.exit(f"certstead {' '.join(words[:3])}: {done.stderr[-2000:]}")

    def order(self, names, label):
        begun = time.monotonic()
        self.run(["request", "--name", label, "--key", "p256"] + [f"h{i}.{ZONE}" for i in range(names)])
        return time.monotonic() - begun


def lego_order(world, names, label):
    begun = time.monotonic()
    _, at_work = world.lego(names, label)
    return time.monotonic() - begun, at_work


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--certstead", default="build/bench/bin/certstead")
    parser.add_argument("--names", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--lego-rounds", type=int, default=1)
    parser.add_argument("--lego-names", type=int, default=25)
    options = parser.parse_args()
    with world_of(options.names) as world:
        house = House(world, options.certstead)
        ours = [house.order(options.names, f"many{i}") for i in range(options.rounds)]
        lego = [lego_order(world, options.lego_names, f"lego{i}")
                for i in range(options.lego_rounds if can_run_lego() else 0)]
    mine = statistics.median(ours)
    print(f"one order with {options.names} names; median of {options.rounds} rounds, of lego {len(lego)}")
    print(f"ours, request to certificate    {mine:8.2f} s ({min(ours):.2f} to {max(ours):.2f})")
    if not lego:
        print(NO_LEGO)
        return
    whole, at_work = medians(lego)
    print(f"lego, start to end              {whole:8.2f} s for {options.lego_names} names: {whole / mine:.1f} times ours for {options.names}")
    print(f"lego, at work at BIND alone     {at_work:8.2f} s for {options.lego_names} names: {at_work / mine:.1f} times all of ours for {options.names}")


if __name__ == "__main__":
    main()
