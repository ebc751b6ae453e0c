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

LAB stands for the lab's directory, HTTPS for its gateway's port there, PORT and PORT2 for free ones, WORK for the working
directory, and PRELOAD for libtlscache-preload.so. Other comments:

    <!-- guide-file: FILE -->           the next block is not shown only: it is added to that file
    <!-- guide-needs: PROGRAM ... -->   without these the guide is skipped
    <!-- guide-root -->                 its commands need root; skipped where that is absent

Blocks inside of a comment count as well (there "guide-file: FILE" stands alone); so the reader is spared what only the test
needs. `systemctl` is that of
tests/guide/bin: it runs servers that the guide describes there. The variables CERTSTEAD_SOCKET,
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
SKIPPED = 77  # the exit code that tells ctest so
BIN = pathlib.Path(__file__).resolve().parent / "bin"


class Command:
    def __init__(self, line_number, text):
        self.line_number, self.text, self.expected = line_number, text, []


class FileBlock:
    def __init__(self, path):
        self.path, self.text = path, ""


def steps_of(guide):
    """The commands of all blocks that are run, and the blocks that go into files, in order."""
    out, inside, continued = [], False, False
    named, block = None, None  # the file for the next block; the block that is being read
    for number, line in enumerate(guide.splitlines(), 1):
        marker = re.fullmatch(r"(?:<!-- )?guide-file: (\S+)(?: -->)?", line.strip())
        if marker:
            named = marker[1]
        elif line.startswith("```") and named and not block:
            named, block = None, FileBlock(named)
            out.append(block)
        elif line.startswith("```"):
            inside = not block and line.strip() == "```console"
            block, continued = None, False
        elif block:
            block.text += line + "\n"
        elif inside and continued:
            out[-1].text += "\n" + line
            continued = line.endswith("\\")
        elif inside and line.startswith("$ "):
            out.append(Command(number, line[2:]))
            continued = line.endswith("\\")
        elif inside:
            if not out or isinstance(out[-1], FileBlock):
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
    """In one go, so that nothing is replaced within what was put in."""
    if not pairs:
        return text
    values = dict(pairs)
    return re.sub("|".join(re.escape(name) for name, _ in pairs), lambda found: values[found[0]], text)


def line_matches(expected, line):
    return re.fullmatch(".*".join(re.escape(part) for part in expected.split(ANY)), line) is not None


def output_matches(expected, lines):
    """Whether the lines are those expected, where a lone "…" stands for any number of them."""
    if not expected:
        return not lines
    if expected[0].strip() == ANY:
        return any(output_matches(expected[1:], lines[i:]) for i in range(len(lines) + 1))
    return bool(lines) and line_matches(expected[0], lines[0]) and output_matches(expected[1:], lines[1:])


def free_ports(count):
    """All different."""
    bound = [socket.socket() for _ in range(count)]
    for one in bound:
        one.bind(("127.0.0.1", 0))
    ports = [str(one.getsockname()[1]) for one in bound]
    for one in bound:
        one.close()
    return ports


def why_skipped(guide):
    """What of that which the guide's comments ask for is not there; nothing if all is."""
    for names in re.findall(r"<!-- guide-needs: (.*?) -->", guide):
        for name in names.split():
            if shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
                return f"{name} is not installed"
    if wants_root(guide) and os.geteuid() != 0:
        return "its servers have to be started by root"
    return None


def wants_root(guide):
    return "<!-- guide-root -->" in guide


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


def run_step(step, pairs, environment, directory, as_root):
    """Nothing if it went as the guide says, else what differs."""
    if isinstance(step, Command):
        return run_command(step, pairs, environment, directory, as_root)
    with open(directory / step.path, "a", encoding="utf-8") as file:
        file.write(substitute(step.text, pairs))
    return None


def run_command(command, pairs, environment, directory, as_root):
    text = substitute(command.text, pairs)
    # A configuration file that is named must be there; `setup` makes it.
    if "setup" not in text.replace("export setup", "") and not pathlib.Path(environment["CERTSTEAD_CONFIG"]).exists():
        environment = {name: value for name, value in environment.items() if name != "CERTSTEAD_CONFIG"}
    ended = subprocess.run(["/bin/bash", "-c", text], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           stdin=subprocess.DEVNULL, env=environment, cwd=directory, timeout=300,
                           preexec_fn=None if as_root else become_nobody, encoding="utf-8", errors="replace")
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


def stop_servers(environment, directory):
    """Those that were started through systemctl and still run."""
    names = [pid_file.stem for pid_file in (directory / "units").glob("*.pid")]
    if names:
        subprocess.run([str(BIN / "systemctl"), "stop", *names], env=environment, cwd=directory, check=True)


def main():
    program, path = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    guide = path.read_text(encoding="utf-8")
    steps = steps_of(guide)
    commands = sum(isinstance(step, Command) for step in steps)
    if commands == 0:
        raise SystemExit(f"{path}: there is no command to run")
    absent = why_skipped(guide)
    if absent:
        print(f"{path}: skipped, {absent}")
        sys.exit(SKIPPED)
    top = pathlib.Path(tempfile.mkdtemp(prefix="certstead-guide-"))
    work, lab_directory = top / "work", top / "lab"
    for directory in (top, work, lab_directory):
        directory.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            os.chown(directory, NOBODY, NOBODY)
    top.chmod(0o755)
    environment = {"PATH": f"{BIN}:{program.parent}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(work), "LC_ALL": "C.UTF-8",
                   "CERTSTEAD_SOCKET": str(lab_directory / "api.sock"),
                   "CERTSTEAD_CONFIG": str(work / "certstead.toml"),
                   "CERTSTEAD_SETUP_DATA": str(lab_directory / "data"),
                   "CERTSTEAD_SETUP_IDENTITY": str(lab_directory / "identity"),
                   "CERTSTEAD_DEPLOY_DIR": str(work / "deploy.d"), "CERTSTEAD_DEPLOY_STATE": str(work / "deploy-state"),
                   "CERTSTEAD_DEPLOY_VIEW": str(lab_directory / "views" / "gateway")}
    lab = Lab(program, lab_directory)
    try:
        ports = free_ports(2)
        pairs = substitutions_of(guide, {"LAB": str(lab_directory), "HTTPS": lab.wait(), "PORT2": ports[1],
                                         "PORT": ports[0], "WORK": str(work),
                                         "PRELOAD": str(program.parent.parent / "lib" / "libtlscache-preload.so")})
        for step in steps:
            problem = run_step(step, pairs, environment, work, wants_root(guide))
            if problem:
                raise SystemExit(f"{path}, {problem}")
        print(f"{path}: {commands} commands, as written")
    finally:
        stop_servers(environment, work)
        lab.stop()
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main()
