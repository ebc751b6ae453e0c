#!/usr/bin/env python3
"""Runs the commands of a guide against a lab and compares what they print.

    tests/guide/run_guide.py PROGRAM GUIDE.md

A block that is to be run begins with ```console. In it, a line that begins with "$ " is a command (a backslash at its end
goes on in the next line), and the lines up to the next command are what it prints, on both outputs together. "…" inside of
a line stands for any text, a line with nothing but "…" for any lines. A command must end with 0, unless the last line of
its output is "(exit N)". A block with ```console not-run is shown only; a line above it says why.

Every guide has its own lab (`certstead lab`: Pebble, a manager and a gateway on loopback) and its own working directory. A
comment in the guide says what is put in the place of what, so that real names become the lab's:

    <!-- guide: www.example.org=www.lab.test letsencrypt-staging=pebble "sudo "= -->

LAB stands for the lab's directory, HTTPS for its gateway's port there, and PORT for a free one. The variables CERTSTEAD_SOCKET,
CERTSTEAD_SETUP_DATA, CERTSTEAD_SETUP_IDENTITY and CERTSTEAD_DEPLOY_VIEW lead to the lab; CERTSTEAD_CONFIG is a file of the
working directory, and deployments and their state lie there too.
"""
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

NOBODY = 65534
ANY = "…"


class Command:
    def __init__(self, line_number, text):
        self.line_number, self.text, self.expected = line_number, text, []


def commands_of(guide):
    """The commands of all blocks that are run, in order."""
    out, inside, continued = [], False, False
    for number, line in enumerate(guide.splitlines(), 1):
        if line.startswith("```"):
            inside = line.strip() == "```console"
            continued = False
        elif inside and continued:
            out[-1].text += "\n" + line
            continued = line.endswith("\\")
        elif inside and line.startswith("$ "):
            out.append(Command(number, line[2:]))
            continued = line.endswith("\\")
        elif inside:
            if not out:
                raise SystemExit(f"line {number}: output without a command before it")
            out[-1].expected.append(line.rstrip())
    return out


def substitutions_of(guide, places):
    """What the guide's comment puts in the place of what, the longest first."""
    out = {}
    for comment in re.findall(r"<!-- guide: (.*?) -->", guide, re.S):
        for word in shlex.split(comment):
            name, _, value = word.partition("=")
            for place, meaning in places.items():
                value = value.replace(place, meaning)
            out[name] = value
    return sorted(out.items(), key=lambda pair: -len(pair[0]))


def substitute(text, pairs):
    for name, value in pairs:
        text = text.replace(name, value)
    return text


def line_matches(expected, line):
    return re.fullmatch(".*".join(re.escape(part) for part in expected.split(ANY)), line) is not None


def output_matches(expected, lines):
    """Whether the lines are those expected, where a lone "…" stands for any number of them."""
    if not expected:
        return not lines
    if expected[0].strip() == ANY:
        return any(output_matches(expected[1:], lines[i:]) for i in range(len(lines) + 1))
    return bool(lines) and line_matches(expected[0], lines[0]) and output_matches(expected[1:], lines[1:])


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return str(bound.getsockname()[1])


def become_nobody():
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


class Lab:
    """`certstead lab` as an ordinary user; gone, with its children, at the end."""

    def __init__(self, program, directory):
        self.directory = directory
        self.log = open(directory.parent / "lab.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen([program, "lab", "--dir", str(directory)], stdout=self.log,
                                        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, preexec_fn=become_nobody)

    def wait(self):
        for _ in range(1200):
            text = (self.directory.parent / "lab.log").read_text(encoding="utf-8")
            ready = re.search(r"^  gateway    http \d+, https (\d+)", text, re.M)
            if ready:
                return ready[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit("the lab did not come up:\n" + text)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
        self.log.close()


def run_command(command, pairs, environment, directory):
    """Nothing if it did what the guide says, else what differs."""
    text = substitute(command.text, pairs)
    # A configuration file that is named must be there; `setup` makes it.
    if "setup" not in text and not pathlib.Path(environment["CERTSTEAD_CONFIG"]).exists():
        environment = {name: value for name, value in environment.items() if name != "CERTSTEAD_CONFIG"}
    ended = subprocess.run(["/bin/bash", "-c", text], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           stdin=subprocess.DEVNULL, env=environment, cwd=directory, timeout=300,
                           preexec_fn=become_nobody, encoding="utf-8", errors="replace")
    lines = [line.rstrip() for line in ended.stdout.rstrip("\n").split("\n")] if ended.stdout.strip() else []
    expected = [substitute(line, pairs) for line in command.expected]
    while expected and not expected[-1]:
        expected.pop()
    wanted_exit = 0
    if expected and re.fullmatch(r"\(exit \d+\)", expected[-1]):
        wanted_exit = int(expected.pop()[6:-1])
    if ended.returncode == wanted_exit and output_matches(expected, lines):
        return None
    return "\n".join([f"line {command.line_number}: {text}", f"  ended with {ended.returncode}, printed:",
                      *("    " + line for line in lines), "  the guide says:", *("    " + line for line in expected)])


def main():
    program, path = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    guide = path.read_text(encoding="utf-8")
    commands = commands_of(guide)
    if not commands:
        raise SystemExit(f"{path}: there is no command to run")
    top = pathlib.Path(tempfile.mkdtemp(prefix="certstead-guide-"))
    work, lab_directory = top / "work", top / "lab"
    for directory in (top, work, lab_directory):
        directory.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            os.chown(directory, NOBODY, NOBODY)
    top.chmod(0o755)
    lab = Lab(program, lab_directory)
    try:
        pairs = substitutions_of(guide, {"LAB": str(lab_directory), "HTTPS": lab.wait(), "PORT": free_port()})
        environment = {"PATH": f"{program.parent}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(work), "LC_ALL": "C.UTF-8",
                       "CERTSTEAD_SOCKET": str(lab_directory / "api.sock"),
                       "CERTSTEAD_CONFIG": str(work / "certstead.toml"),
                       "CERTSTEAD_SETUP_DATA": str(lab_directory / "data"),
                       "CERTSTEAD_SETUP_IDENTITY": str(lab_directory / "identity"),
                       "CERTSTEAD_DEPLOY_DIR": str(work / "deploy.d"), "CERTSTEAD_DEPLOY_STATE": str(work / "deploy-state"),
                       "CERTSTEAD_DEPLOY_VIEW": str(lab_directory / "views" / "gateway")}
        for command in commands:
            problem = run_command(command, pairs, environment, work)
            if problem:
                raise SystemExit(f"{path}, {problem}")
        print(f"{path}: {len(commands)} commands, as written")
    finally:
        lab.stop()
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main()
