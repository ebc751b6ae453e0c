#!/usr/bin/env python3
"""Full TLS 1.3 handshakes for each second of server CPU, with many names, beside HAProxy, nginx and Caddy in one run.

    bench/handshake_bench.py [--names 10000] [--rounds 5] [--seconds 2] [--tickets 2[,1,0]] [--kinds ECDSA,RSA]
                             [--peers haproxy,haproxy-no-tickets,nginx,caddy] [--allocator LIBRARY]

All servers are up at the same time, and the rounds go around them, each in another order: what disturbs the machine
disturbs all. Servers share core 0, clients core 1. Every name has an ECDSA certificate of its own, and an RSA one where
those are measured; names are uniformly random, and each certificate is compared with the name asked for.

`certstead` is the TLS cache in a loop that does nothing else; `gateway` the whole program, with one ticket as by default
and HTTP behind the handshake; `bare` libssl in the first loop with one certificate and no call-backs; `one name` is ours
while clients ask for one name only, so that what many names cost in memory is seen by itself. With several numbers of
tickets a server of ours runs for each; with --allocator ours and `bare` run once more with that library in LD_PRELOAD.

The rate is per second of CPU time of the server's process, so that neither the client nor the rest of the machine bounds
it. Medians of the rounds' ratios are printed. Needs build/bench (cmake --preset bench; targets handshake_server
handshake_load gateway_fleet, and certstead for `gateway`).
"""
import argparse
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from nobody import as_nobody, give_away

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = TOP + "/build/bench/bin/"
KINDS = {"ECDSA": "ECDSA+SHA256", "RSA": "rsa_pss_rsae_sha256:RSA+SHA256"}  # HAProxy 2.6 counts no PSS


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def cpu_seconds(pids):
    """Of all threads that live, in the kernel's nanoseconds."""
    total = 0
    for pid in pids:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/schedstat") as file:
                total += int(file.read().split()[0])
    return total / 1e9


def children(pid):
    out = [pid]
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        for child in file.read().split():
            out += children(int(child))
    return out


class Server:
    def __init__(self, name, command, port, names, log):
        self.name, self.port, self.names = name, port, names
        self.process = subprocess.Popen(["taskset", "-c", "0"] + command, stdout=subprocess.PIPE if port is None else log,
                                        stderr=log, text=True)
        if port is None:
            self.port = int(self.process.stdout.readline())

    def wait(self, limit):
        begun = time.monotonic()
        while time.monotonic() - begun < limit:
            if self.process.poll() is not None:
                return False
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def round(self, kind, options, seconds=None):
        pids = children(self.process.pid)
        before = cpu_seconds(pids)
        answer = subprocess.run(["taskset", "-c", "1", BIN + "handshake_load", str(self.port), str(options.seconds if seconds is None else seconds),
                                 "8", str(self.names), KINDS[kind]], check=True, capture_output=True, text=True)
        spent = cpu_seconds(pids) - before
        done, failed, wrong = map(int, answer.stdout.split())
        return done / spent if spent else 0.0, failed, wrong

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def gateway(directory, options):
    """Not as root, which it refuses."""
    port = free_port()
    with open(directory + "/page.html", "w") as page:
        page.write("here\n")
    give_away(directory)
    return as_nobody() + [BIN + "certstead", "gateway", "--view", directory + "/view", "--https", f"127.0.0.1:{port}", "--static",
                   directory + "/page.html", "--cache-mib", "4096", "--log-level", "error"], port


def haproxy(directory, options, words=""):
    port = free_port()
    config = f"{directory}/haproxy{words.replace(' ', '-')}.cfg"
    with open(config, "w") as file:
        file.write("global\n  maxconn 500\n  nbthread 1\n  tune.ssl.cachesize 0\ndefaults\n  mode http\n  timeout client 20s\n"
                   "  timeout server 20s\n  timeout connect 20s\nfrontend tls\n"
                   f"  bind 127.0.0.1:{port} ssl crt {directory}/pem/{words}\n  http-request return status 200\n")
    return ["haproxy", "-db", "-f", config], port


def haproxy_no_tickets(directory, options):
    return haproxy(directory, options, " no-tls-tickets")


def nginx(directory, options):
    port = free_port()
    os.makedirs(directory + "/nginx", exist_ok=True)
    with open(directory + "/nginx.conf", "w") as file:
        file.write(f"daemon off; worker_processes 1; pid {directory}/nginx.pid; error_log stderr; user root;\n"
                   "events { worker_connections 2000; }\nhttp {\naccess_log off; server_names_hash_max_size 262144;\n"
                   "server_names_hash_bucket_size 128; ssl_protocols TLSv1.3;\n")
        for directive in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
            file.write(f"{directive}_temp_path {directory}/nginx;\n")
        for i in range(options.names):
            host = f"h{i}.example.test"
            file.write(f"server {{ listen 127.0.0.1:{port} ssl; server_name {host}; return 200;")
            for kind in ("", ".ecdsa", ".rsa"):  # without an ending where there is one kind only
                pem = f"{directory}/pem/{host}.pem{kind}"
                if os.path.exists(pem):
                    file.write(f" ssl_certificate {pem}; ssl_certificate_key {pem};")
            file.write(" }\n")
        file.write("}\n")
    return ["nginx", "-c", directory + "/nginx.conf", "-p", directory], port


def caddy(directory, options):
    port = free_port()
    folder = directory + "/caddy"
    os.makedirs(folder)
    for name in os.listdir(directory + "/pem"):
        os.symlink(f"{directory}/pem/{name}", f"{folder}/{name.replace('.pem.', '-')}.pem")
    config = {"admin": {"disabled": True}, "apps": {
        "tls": {"certificates": {"load_folders": [folder]}, "disable_ocsp_stapling": True,
                "cache": {"capacity": 4 * options.names}},
        "http": {"servers": {"s": {"listen": [f"127.0.0.1:{port}"], "automatic_https": {"disable": True},
                                   "tls_connection_policies": [{}],
                                   "routes": [{"handle": [{"handler": "static_response"}]}]}}}}}
    with open(directory + "/caddy.json", "w") as file:
        json.dump(config, file)
    return ["env", "GOMAXPROCS=1", f"HOME={directory}", "caddy", "run", "--config", directory + "/caddy.json"], port


PEERS = {"haproxy": haproxy, "haproxy-no-tickets": haproxy_no_tickets, "nginx": nginx, "caddy": caddy}


def start_all(directory, options, log):
    view = directory + "/view"
    servers = []
    first = options.tickets[0]
    wanted = [("certstead", "cache", options.names, first, None), ("one name", "cache", 1, first, None), ("bare", "bare", 1, first, None)]
    wanted += [(f"certstead tickets={n}", "cache", options.names, n, None) for n in options.tickets[1:]]
    if options.allocator:
        library = os.path.basename(options.allocator).split(".so")[0]
        wanted += [(f"certstead {library}", "cache", options.names, first, options.allocator),
                   (f"bare {library}", "bare", 1, first, options.allocator)]
    for name, mode, names, tickets, preload in wanted:
        own = [BIN + "handshake_server", mode, view, "h0.example.test", str(tickets)]
        servers.append(Server(name, (["env", "LD_PRELOAD=" + preload] if preload else []) + own, None, names, log))
    if os.path.exists(BIN + "certstead"):
        command, port = gateway(directory, options)
        servers.append(Server("gateway", command, port, options.names, log))
    for name in filter(None, options.peers.split(",")):
        if not shutil.which(name.split("-")[0]):
            print(f"{name} is not installed: left out")
            continue
        command, port = PEERS[name](directory, options)
        servers.append(Server(name, command, port, options.names, log))
    for server in list(servers):
        if not server.wait(1800):
            print(f"{server.name} does not serve: left out")
            servers.remove(server)
    return servers


def report(kind, results, failures):
    mine = results["certstead"]
    others = [name for name in results if name.startswith("certstead ") or name == "gateway"]
    print(f"\n{kind}: handshakes for each second of server CPU, medians of {len(mine)} rounds")
    for name, rates in results.items():
        ratios = [a / b for a, b in zip(mine, rates) if b]
        failed, wrong = failures[name]
        if not ratios:
            print(f"  {name:20} no handshake succeeded")
            continue
        rest = "".join(f", {other.removeprefix('certstead ')} {statistics.median(a / b for a, b in zip(results[other], rates) if b):.3f}"
                       for other in others)
        print(f"  {name:20} {statistics.median(rates):7.0f}   certstead / it {statistics.median(ratios):.3f} "
              f"({min(ratios):.3f} to {max(ratios):.3f}){rest}   {failed} failed, {wrong} wrong certificates")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--tickets", type=lambda text: [int(part) for part in text.split(",")], default=[2])
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--peers", default="haproxy,nginx,caddy")
    parser.add_argument("--allocator", help="path of a library")
    options = parser.parse_args()
    for program in ("handshake_server", "handshake_load", "gateway_fleet"):
        if not os.path.exists(BIN + program):
            sys.exit(f"{BIN + program} is not built")
    directory = tempfile.mkdtemp(prefix="certstead-handshakes-")
    servers = []
    try:
        only_view = [] if options.peers else ["view"]
        both = ["both"] if "RSA" in options.kinds else []  # a peer reads all that there is before it serves
        subprocess.run([BIN + "gateway_fleet", directory, str(options.names), *both, *only_view], check=True)
        with open(directory + "/log", "w") as log:
            servers = start_all(directory, options, log)
            print(f"{options.names} names, {options.tickets[0]} tickets from our servers, "
                  f"load average {os.getloadavg()[0]:.1f}")
            for kind in options.kinds.split(","):
                for server in servers:  # everything was used once
                    server.round(kind, options, 0)
                results = {server.name: [] for server in servers}
                failures = {server.name: [0, 0] for server in servers}
                for _ in range(options.rounds):
                    for server in random.sample(servers, len(servers)):  # none always runs behind the same one
                        rate, failed, wrong = server.round(kind, options)
                        results[server.name].append(rate)
                        failures[server.name][0] += failed
                        failures[server.name][1] += wrong
                report(kind, results, failures)
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
