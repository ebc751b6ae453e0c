#!/usr/bin/env python3
"""TXT records of many names in one go, written to a real BIND and checked there, beside lego. Everything is on loopback.

    bench/dns_update_bench.py [--ours build/bench/bin/dns_update_load] [--names 100] [--rounds 15]
                              [--lego-names 25] [--at-once 16]

Ours is the part of an order that is about the DNS: each name located, written by a signed update, seen at every
authoritative server, removed. lego does that only within a whole order, at a Pebble here, name after name. What is
compared is taken from BIND's log: the time from its first question to its last one, with lego's own waits
(RFC2136_POLLING_INTERVAL and RFC2136_SEQUENCE_INTERVAL, 2 s and 60 s a name if not set, 1 s here, the least that it
takes, and between the CA's answers); and the time in which it was at work at BIND: all gaps below 0.2 s, added up.

lego waits so long for each name that it has fewer of them, which the figures say; --lego-names 100 has it do all. It asks authoritative servers at port 53, so that BIND has to have that port of 127.0.0.1, and finds them by the
system's resolver: it runs with an /etc/hosts of its own (unshare -m). Both want root: anybody else gets our figures
alone, with BIND at another port. Needs named, tsig-keygen, pebble, lego, openssl.
"""
import argparse
import contextlib
import datetime
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from nobody import as_nobody, give_away

ZONE = "bench.test"


def can_run_lego():
    return os.geteuid() == 0 and shutil.which("lego") is not None


def may_bind():
    """As nobody, with the ports below 1024."""
    return as_nobody("--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(port, process):
    for _ in range(600):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    sys.exit(f"nothing listens on port {port}: see its log")


class World:
    """BIND with one zone, and a Pebble that asks it."""

    def __init__(self, directory):
        self.directory = directory
        self.processes = []
        self.dns_port = 53 if can_run_lego() else free_port()
        self.server = f"127.0.0.1:{self.dns_port}"

    def begin(self, names):
        self.start_bind(names)
        self.start_pebble()

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as out:
            out.write(text)

    def start(self, command, name, environment=None):
        log = open(self.path(name + ".log"), "w", encoding="utf-8")
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **(environment or {})})
        self.processes.append(process)
        return process

    def start_bind(self, names):
        key = subprocess.run(["/usr/sbin/tsig-keygen", "-a", "hmac-sha256", "upd"], check=True, capture_output=True,
                             text=True).stdout
        self.secret = key.split('secret "')[1].split('"')[0]
        hosts = "".join(f"h{i} IN A 127.0.0.1\n" for i in range(names))
        self.write(ZONE + ".zone", f"$ORIGIN {ZONE}.\n$TTL 60\n@ IN SOA ns1 root 1 3600 3600 604800 60\n"
                                   f"@ IN NS ns1\nns1 IN A 127.0.0.1\n{hosts}")
        self.write("named.conf", key + f"""
options {{ directory "{self.directory}"; listen-on port {self.dns_port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  pid-file none; lock-file none; session-keyfile "{self.directory}/session.key"; managed-keys-directory "{self.directory}";
  recursion no; dnssec-validation no; empty-zones-enable no; notify no; querylog yes; }};
controls {{ }};
zone "{ZONE}" {{ type primary; file "{ZONE}.zone"; update-policy {{ grant upd. zonesub TXT; }}; }};
""")
        process = self.start(may_bind() + ["/usr/sbin/named", "-g", "-4", "-c", self.path("named.conf")], "named")
        wait_for(self.dns_port, process)
        self.write("hosts", f"127.0.0.1 localhost ns1.{ZONE}\n")

    def start_pebble(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", self.path("key.pem"), "-out", self.path("cert.pem")], check=True,
                       capture_output=True)
        os.chmod(self.path("key.pem"), 0o644)
        self.port, self.management = free_port(), free_port()
        self.write("pebble.json", '{"pebble": {"listenAddress": "127.0.0.1:%d", "managementListenAddress": '
                                  '"127.0.0.1:%d", "certificate": "%s", "privateKey": "%s", "httpPort": %d, '
                                  '"tlsPort": %d}}' % (self.port, self.management, self.path("cert.pem"),
                                                       self.path("key.pem"), free_port(), free_port()))
        process = self.start(may_bind() + ["pebble", "-config", self.path("pebble.json"), "-dnsserver", self.server],
                             "pebble", {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0",
                                        "PEBBLE_AUTHZREUSE": "0"})
        wait_for(self.port, process)

    def moments(self, offset):
        """Of all questions and changes that BIND has logged behind `offset`."""
        with open(self.path("named.log"), encoding="utf-8") as log:
            log.seek(offset)
            lines = [line for line in log if " query: " in line or " updating zone " in line]
        return [datetime.datetime.strptime(" ".join(line.split()[:2]), "%d-%b-%Y %H:%M:%S.%f").timestamp()
                for line in lines]

    def lego(self, names, round_name):
        """Seconds from its first question to its last one, and seconds at work."""
        environment = {**os.environ, "LEGO_CA_CERTIFICATES": self.path("cert.pem"),
                       "RFC2136_NAMESERVER": self.server, "RFC2136_TSIG_KEY": "upd.",
                       "RFC2136_TSIG_ALGORITHM": "hmac-sha256.", "RFC2136_TSIG_SECRET": self.secret,
                       "RFC2136_POLLING_INTERVAL": "1", "RFC2136_SEQUENCE_INTERVAL": "1", "RFC2136_TTL": "60"}
        command = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', self.path("hosts"),
                   "lego", "--server", f"https://127.0.0.1:{self.port}/dir", "--accept-tos", "--email", "a@bench.test",
                   "--path", self.path(round_name), "--dns", "rfc2136", "--dns.resolvers", self.server]
        for i in range(names):
            command += ["-d", f"h{i}.{ZONE}"]
        offset = os.path.getsize(self.path("named.log"))
        done = subprocess.run(command + ["run"], env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"lego fails: {(done.stdout + done.stderr)[-2000:]}")
        moments = self.moments(offset)
        gaps = [after - before for before, after in zip(moments, moments[1:])]
        return moments[-1] - moments[0], sum(gap for gap in gaps if gap < 0.2)

    def ours(self, binary, names, at_once):
        done = subprocess.run([binary, self.server, "ns1." + ZONE, "upd", ZONE, str(names), str(at_once)],
                              env={**os.environ, "CERTSTEAD_TSIG_SECRET": self.secret}, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            sys.exit("ours fails: " + done.stderr)
        return sum(float(word) for word in done.stdout.split())

    def stop(self):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(20)


@contextlib.contextmanager
def world_of(names):
    """A world with h0 to h(names - 1) in a directory of its own; both are gone behind the block."""
    directory = tempfile.mkdtemp(prefix="certstead-bench-")
    give_away(directory)
    world = World(directory)
    try:
        world.begin(names)
        yield world
    finally:
        world.stop()
        shutil.rmtree(directory)


NO_LEGO = "lego is left out: it has to be installed, and run as root"


def medians(rounds):
    return [statistics.median(column) for column in zip(*rounds)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", default="build/bench/bin/dns_update_load")
    parser.add_argument("--names", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--lego-rounds", type=int, default=1)
    parser.add_argument("--lego-names", type=int, default=25)
    parser.add_argument("--at-once", type=int, default=16)
    options = parser.parse_args()
    ours, one_by_one, lego = [], [], []
    with world_of(options.names) as world:
        for i in range(options.rounds):
            ours.append(world.ours(options.ours, options.names, options.at_once))
            one_by_one.append(world.ours(options.ours, options.names, 1))
        for i in range(options.lego_rounds if can_run_lego() else 0):
            lego.append(world.lego(options.lego_names, f"lego{i}"))
    mine = statistics.median(ours)
    print(f"{options.names} names; median of {options.rounds} rounds, of lego {len(lego)}")
    print(f"ours, one after another        {statistics.median(one_by_one):8.2f} s")
    print(f"ours, {options.at_once:3} at a time            {mine:8.2f} s")
    if not lego:
        print(NO_LEGO)
        return
    whole, at_work = medians(lego)
    print(f"lego, first to last question   {whole:8.2f} s for {options.lego_names} names: {whole / mine:.1f} times ours for {options.names}")
    print(f"lego, of that at work          {at_work:8.2f} s for {options.lego_names} names: {at_work / mine:.1f} times ours for {options.names}")


if __name__ == "__main__":
    main()
