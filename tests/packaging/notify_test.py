#!/usr/bin/env python3
"""What the units of the kind Type=notify start tells systemd that it is ready, and that it stops.

    tests/packaging/notify_test.py PROGRAM
"""
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

NOBODY = 65534
UNITS = pathlib.Path(__file__).resolve().parent.parent.parent / "packaging/systemd"
PATIENCE = 120  # seconds; for machines that are busy


def commands(top):
    """By unit: what it starts, with directories below `top`."""
    return {
        "certstead-manager": ["manager", "--data", f"{top}/data", "--identity", f"{top}/identity", "--socket",
                              f"{top}/api.sock", "--view", f"gateway={top}/view"],
        "certstead-gateway": ["gateway", "--view", f"{top}/view", "--http", "127.0.0.1:0"],
        "certstead-deploy": ["deploy", "watch", "--deploy-dir", f"{top}/deploy.d", "--deploy-view", f"{top}/view",
                             "--deploy-state", f"{top}/state", "--socket", f"{top}/api.sock"],
    }


def become_nobody():
    """Servers refuse root."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


class Systemd:
    """The end of NOTIFY_SOCKET at which systemd listens."""

    def __init__(self, top):
        self.path = f"{top}/notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        os.chmod(self.path, 0o777)
        self.socket.settimeout(PATIENCE)

    def expect(self, unit, state):
        said = self.socket.recv(4096).decode()
        if said != state:
            raise SystemExit(f"{unit} said {said!r} instead of {state!r}")


def check(program, unit, words, systemd, log):
    text = (UNITS / f"{unit}.service").read_text()
    started = re.search(r"^ExecStart=/usr/bin/certstead (.*)$", text, re.M)[1].split()
    if "Type=notify\n" not in text or words[:len(started)] != started:
        raise SystemExit(f"{unit} is not of Type=notify, or starts something else: {started}")
    process = subprocess.Popen([program, *words], stdout=log, stderr=log, preexec_fn=become_nobody,
                               env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "NOTIFY_SOCKET": systemd.path})
    try:
        systemd.expect(unit, "READY=1")
        process.terminate()
        systemd.expect(unit, "STOPPING=1")
        if process.wait(PATIENCE) != 0:
            raise SystemExit(f"{unit} ended with {process.returncode}")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as directory:
        top = pathlib.Path(directory) / "top"
        for made in (top, top / "deploy.d"):
            made.mkdir()
            if os.geteuid() == 0:
                os.chown(made, NOBODY, NOBODY)
        pathlib.Path(directory).chmod(0o755)
        units = commands(top)
        if {f"{unit}.service" for unit in units} != {path.name for path in UNITS.glob("*.service")}:
            raise SystemExit("there is a unit of which this test does not know")
        systemd = Systemd(directory)
        log_path = pathlib.Path(directory) / "log"
        try:
            with open(log_path, "wb") as log:
                for unit, words in units.items():
                    check(program, unit, words, systemd, log)
        except (SystemExit, OSError, subprocess.TimeoutExpired):
            print(log_path.read_text(errors="replace"))
            raise
    print(f"{len(units)} units are told that they are ready, and that they stop")


if __name__ == "__main__":
    main()
