#!/usr/bin/env python3
"""From the start of a TLS front end to its first right handshake, with many credentials, beside HAProxy in the same run.

    bench/gateway_start_bench.py [--certstead BINARY] [--fleet BINARY] [--count 10000] [--rounds 5] [--peer-rounds 1]

Every name has a P-256 key and certificate of its own. The clock runs from the creation of the process until a client has
finished a handshake for a name in the middle of the fleet and verified its certificate. Rounds alternate; medians and the
ratio are printed. Needs haproxy for the comparison. Everything is on loopback.
"""
import argparse
import os
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time

from nobody import as_nobody, give_away


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def first_handshake(port, name, root, process, limit):
    """Tries until a handshake for `name` succeeds and verifies. Anything but a refused connection is a failure."""
    context = ssl.create_default_context(cafile=root)
    until = time.monotonic() + limit
    while time.monotonic() < until:
        if process.poll() is not None:
            sys.exit("a server ended before it served")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=limit) as raw:
                with context.wrap_socket(raw, server_hostname=name) as tls:
                    if ("DNS", name) not in tls.getpeercert()["subjectAltName"]:
                        sys.exit("a server showed the wrong certificate")
                    return
        except ConnectionRefusedError:
            time.sleep(0.0005)
    sys.exit(f"no handshake within {limit} s")


def memory_mib(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024


def run(command, port, name, root, log):
    begun = time.monotonic()
    process = subprocess.Popen(as_nobody() + command, stdout=log, stderr=log)
    try:
        first_handshake(port, name, root, process, 600)
        return time.monotonic() - begun, memory_mib(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def ours(options, directory, name, log):
    port = free_port()
    return run([options.certstead, "gateway", "--view", directory + "/view", "--https", f"127.0.0.1:{port}",
                "--static", directory + "/page.html"], port, name, directory + "/root.pem", log)


def haproxy(directory, name, log):
    port = free_port()
    config = directory + "/haproxy.cfg"
    with open(config, "w") as file:
        file.write("global\n  maxconn 100\ndefaults\n  mode http\n  timeout client 5s\n  timeout server 5s\n"
                   "  timeout connect 5s\nfrontend tls\n"
                   f"  bind 127.0.0.1:{port} ssl crt {directory}/pem/\n  http-request return status 200\n")
    return run(["haproxy", "-db", "-f", config], port, name, directory + "/root.pem", log)


def report(who, runs):
    times = [seconds for seconds, _ in runs]
    print(f"{who:10} median {statistics.median(times):8.3f} s  (best {min(times):.3f}, worst {max(times):.3f}, "
          f"{len(times)} rounds), {statistics.median(m for _, m in runs):.0f} MiB resident")
    return statistics.median(times)


def main():
    top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--certstead", default=top + "/build/bench/bin/certstead")
    parser.add_argument("--fleet", default=top + "/build/bench/bin/gateway_fleet")
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-rounds", type=int, default=1)
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="certstead-start-")
    try:
        subprocess.run([options.fleet, directory, str(options.count)], check=True)
        with open(directory + "/page.html", "w") as page:
            page.write("here\n")
        give_away(directory)
        name = f"h{options.count // 2}.example.test"
        mine, theirs = [], []
        with open(directory + "/log", "w") as log:
            for i in range(max(options.rounds, options.peer_rounds)):
                if i < options.rounds:
                    mine.append(ours(options, directory, name, log))
                if i < options.peer_rounds and shutil.which("haproxy"):
                    theirs.append(haproxy(directory, name, log))
        print(f"{options.count} credentials, load average {os.getloadavg()[0]:.1f}")
        ratio = report("certstead", mine)
        if theirs:
            print(f"haproxy / certstead: {report('haproxy', theirs) / ratio:.0f}")
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
