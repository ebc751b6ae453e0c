#!/usr/bin/env python3
"""Memory of a TLS server with many names, beside HAProxy, nginx and Caddy in the same run.

    bench/memory_bench.py [--names 1000] [--peers haproxy,nginx,caddy]

Every name has an ECDSA and an RSA certificate of its own. Each server is measured after one handshake, and after one handshake
with each certificate: proportional set size of its processes (smaps_rollup), of that what is private and not of a file, and, as
root where cgroup v1 has a memory controller, what the kernel charges to a group of its own, page cache included. Ours is
measured with the view in the page cache beforehand (warm) and with the view thrown out of it (cold); peers read their files once.
Needs build/bench (targets handshake_server handshake_load gateway_fleet).
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time

import handshake_bench as fleet

GROUPS = "/sys/fs/cgroup/memory"


class Group:
    """A memory cgroup for one server; without rights to make one it measures nothing."""

    def __init__(self, name):
        self.path = f"{GROUPS}/certstead-bench-{os.getpid()}-{name}"
        try:
            os.mkdir(self.path)
            self.usage()
        except OSError:
            self.path = None

    def enter(self):
        if self.path:
            with open(self.path + "/cgroup.procs", "w") as file:
                file.write(str(os.getpid()))

    def usage(self):
        if not self.path:
            return None
        with open(self.path + "/memory.usage_in_bytes") as file:
            return int(file.read()) / 1024

    def leave(self):
        for _ in range(50 if self.path else 0):
            try:
                os.rmdir(self.path)
                return
            except OSError:
                time.sleep(0.1)


def throw_out(directory):
    """Takes clean pages of these files out of the page cache."""
    for name in os.listdir(directory):
        handle = os.open(f"{directory}/{name}", os.O_RDONLY)
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def read_in(directory):
    for name in os.listdir(directory):
        with open(f"{directory}/{name}", "rb") as file:
            while file.read(1 << 20):
                pass


def set_sizes(pids):
    """KiB: proportional, and anonymous of that."""
    whole = anonymous = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            for line in file:
                word = line.split()
                if word[0] == "Pss:":
                    whole += int(word[1])
                elif word[0] == "Pss_Anon:":
                    anonymous += int(word[1])
    return whole, anonymous


def mebibytes(kib):
    return "       -" if kib is None else f"{kib / 1024:8.1f}"


def measure(name, command, port, names, log):
    group = Group(name.replace(" ", "-"))
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE if port is None else log, stderr=log, text=True,
                               preexec_fn=group.enter)
    server = fleet.Server.__new__(fleet.Server)
    server.name, server.port, server.names, server.process = name, port, 1, process
    if port is None:
        server.port = int(process.stdout.readline())
    try:
        if not server.wait(1800):
            print(f"{name} does not serve: left out")
            return
        server.round("ECDSA", None, 0)
        started = time.monotonic() - begun
        rows = [("one handshake", *set_sizes(fleet.children(process.pid)), group.usage())]
        server.names = names
        for kind in fleet.KINDS:
            server.round(kind, None, 0)
        rows.append(("all used", *set_sizes(fleet.children(process.pid)), group.usage()))
        for when, whole, anonymous, charged in rows:
            print(f"{name:18} {when:14} {mebibytes(whole)} {mebibytes(anonymous)} {mebibytes(charged)}   "
                  f"{whole / names / 2:7.2f} KiB a certificate" + (f"   {started:.2f} s to it" if when == rows[0][0] else ""),
                  flush=True)
    finally:
        server.stop()
        group.leave()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=1000)
    parser.add_argument("--peers", default="haproxy,nginx,caddy")
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="certstead-memory-")
    view = directory + "/view"
    own = [fleet.BIN + "handshake_server", "cache", view, "h0.example.test", "2"]
    try:
        begun = time.monotonic()
        only_view = [] if options.peers else ["view"]
        subprocess.run([fleet.BIN + "gateway_fleet", directory, str(options.names), "both", *only_view], check=True)
        print(f"{options.names} names, {2 * options.names} certificates made and written in {time.monotonic() - begun:.1f} s; "
              f"view of {os.path.getsize(view + '/view-1.mdb') / 2**20:.1f} MiB; load average {os.getloadavg()[0]:.1f}")
        print(f"{'MiB':33} {'PSS':>8} {'anon.':>8} {'cgroup':>8}")
        with open(directory + "/log", "w") as log:
            throw_out(view)
            measure("certstead, cold", own, None, options.names, log)
            read_in(view)
            measure("certstead, warm", own, None, options.names, log)
            for name in filter(None, options.peers.split(",")):
                if not shutil.which(name):
                    print(f"{name} is not installed: left out")
                    continue
                command, port = fleet.PEERS[name](directory, options)
                measure(name, command, port, options.names, log)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
