#!/usr/bin/env python3
"""Certificates out of a real CA (Pebble), beside lego and uacme in the same run. Everything is on loopback.

    bench/issue_bench.py [--certstead BINARY] [--rounds 5] [--bulk 300] [--dual 20] [--lego 16]

Both sides get a Pebble of their own with the same settings (no sleeps, 5 % of nonces refused), real HTTP-01, accounts made
beforehand, our self check off. Prints medians and ratios. Needs pebble; lego, uacme and openssl where they are installed.
"""
import argparse
import http.client
import json
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


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=120)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


class Lab:
    """`certstead lab` in a directory of its own."""

    def __init__(self, binary, directory, http_port, gateway):
        os.makedirs(directory)
        give_away(directory)
        self.socket = directory + "/lab/api.sock"
        self.http_port = http_port
        log = open(directory + "/lab.log", "w")
        command = [binary, "lab", "--dir", directory + "/lab", "--http", f"127.0.0.1:{http_port}",
                   "--gateway", "yes" if gateway else "no"]
        self.process = subprocess.Popen(as_nobody() + command, stdout=log, stderr=log)
        for _ in range(300):
            text = open(directory + "/lab.log").read()
            if text.find("\nready") >= 0 or text.startswith("ready"):
                break
            time.sleep(0.1)
        else:
            sys.exit("the lab did not come up:\n" + text)
        self.directory_url = [line.split()[1] for line in text.splitlines() if line.strip().startswith("CA ")][0]
        self.pids = self._children(self.process.pid) + [self.process.pid]

    def _children(self, pid):
        out = []
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as f:
                for child in f.read().split():
                    out += [int(child)] + self._children(int(child))
        return out

    def cpu_seconds(self):
        """User and system time of our own servers; Pebble and its challenge server are left out."""
        ticks = 0
        for pid in self.pids:
            if "pebble" in open(f"/proc/{pid}/comm").read():
                continue
            fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def call(self, method, path, body=None):
        connection = UnixConnection(self.socket)
        connection.request(method, path, json.dumps(body) if body is not None else None,
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        data = json.loads(answer.read() or b"null")
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {data}")
        return data

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def request(lab, names, keys):
    return lab.call("POST", "/api/v1/sets", {"names": names, "key_types": keys, "self_check": False, "agree_tos": True})


def wait_for_job(lab, job):
    after = 0
    while True:
        state = lab.call("GET", f"/api/v1/jobs/{job}?after={after}&wait=30")
        after = max([after] + [line["number"] for line in state.get("progress", [])])
        if state["status"] == "done":
            return
        if state.get("last_error"):
            sys.exit("a job failed: " + str(state["last_error"]))


def one(lab, name):
    begun = time.monotonic()
    cpu = lab.cpu_seconds()
    wait_for_job(lab, request(lab, [name], ["p256"])["job"])
    return time.monotonic() - begun, lab.cpu_seconds() - cpu


def many(lab, prefix, count, keys):
    begun = time.monotonic()
    cpu = lab.cpu_seconds()
    jobs = [request(lab, [f"{prefix}{i}.lab.test"], keys)["job"] for i in range(count)]
    for job in jobs:
        wait_for_job(lab, job)
    return time.monotonic() - begun, lab.cpu_seconds() - cpu


class Lego:
    def __init__(self, lab, work):
        self.lab, self.work = lab, work
        self.environment = dict(os.environ, LEGO_CA_CERTIFICATES=work + "/trust.pem")
        with open(work + "/trust.pem", "w") as f:
            f.write(lab.call("GET", "/api/v1/issuers/pebble")["trusted_pem"])

    def command(self, name, port, path):
        return ["lego", "--accept-tos", "--email", "bench@lab.test", "--server", self.lab.directory_url, "--path", path,
                "--key-type", "ec256", "--http", "--http.port", f"127.0.0.1:{port}", "--domains", name, "run"]

    def run(self, name):
        begun = time.monotonic()
        subprocess.run(self.command(name, self.lab.http_port, self.work + "/lego"), env=self.environment, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.monotonic() - begun


def raw_rsa_keys(count):
    begun = time.monotonic()
    for i in range(0, count, 2):
        pair = [subprocess.Popen(["openssl", "genrsa", "2048"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                for _ in range(2)]
        for process in pair:
            process.wait()
    return time.monotonic() - begun


def main():
    parser = argparse.ArgumentParser()
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--certstead", default=here + "/build/bench/bin/certstead")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bulk", type=int, default=300)
    parser.add_argument("--dual", type=int, default=20)
    options = parser.parse_args()
    work = tempfile.mkdtemp(prefix="certstead-bench-")
    os.chmod(work, 0o755)
    labs = []
    try:
        ours = Lab(options.certstead, work + "/ours", 18580, True)
        labs.append(ours)
        theirs = Lab(options.certstead, work + "/theirs", 18680, False)
        labs.append(theirs)
        one(ours, "warm.lab.test")
        lego = Lego(theirs, work) if shutil.which("lego") else None
        if lego:
            lego.run("warm.lab.test")
        wall, cpu, peer = [], [], []
        for i in range(options.rounds):
            w, c = one(ours, f"one{i}.lab.test")
            wall.append(w)
            cpu.append(c)
            if lego:
                peer.append(lego.run(f"one{i}.lab.test"))
        print(f"one P-256 certificate, {options.rounds} interleaved rounds, medians")
        print(f"  certstead  wall {statistics.median(wall):.3f} s, CPU of our servers {statistics.mean(cpu) * 1000:.0f} ms (mean)")
        if peer:
            print(f"  lego       wall {statistics.median(peer):.3f} s: {statistics.median(peer) / statistics.median(wall):.1f} times ours")
        seconds, used = many(ours, "bulk", options.bulk, ["p256"])
        print(f"{options.bulk} P-256 certificates at once: {seconds:.2f} s, {options.bulk / seconds * 60:.0f} a minute, "
              f"{used / options.bulk * 1000:.1f} ms of our CPU each")
        if peer:
            rate = 60 / statistics.median(peer)
            print(f"  one lego after another: {rate:.1f} a minute; ours is {options.bulk / seconds * 60 / rate:.0f} times that")
        seconds, used = many(ours, "dual", options.dual, ["p256", "rsa2048"])
        raw = raw_rsa_keys(options.dual)
        print(f"{options.dual} dual sets: {seconds:.2f} s; as many RSA-2048 keys by openssl on both cores: {raw:.2f} s; "
              f"ratio {seconds / raw:.2f}")
    finally:
        for lab in labs:
            lab.stop()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
