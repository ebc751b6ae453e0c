#!/usr/bin/env python3
"""Handshakes of unmodified servers that serve from a view by libtlscache-preload.so, beside the same servers without it.

    bench/preload_bench.py [--library FILE] [--load BINARY] [--rounds 15] [--count 200] [--programs nginx,haproxy,...]

Both serve one P-256 certificate of the same CA, tickets as the program has them by default (on, for all but Dovecot). The two
run side by side on one core, the client on another; rounds alternate, and every handshake is verified. Two ratios, unpreloaded
to preloaded, are printed for each, median and quartiles: the time of one client, and the CPU time of the server's processes,
which the client does not dilute. Needs root for Postfix and Dovecot.
"""
import argparse
import os
import pathlib
import pwd
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

NAME = "www.bench.test"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def nginx(home, port, own, _):
    temp = "".join(f"{kind}_temp_path {home}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (home / "conf").write_text(
        f"daemon off; worker_processes 1; pid {home}/pid; error_log {home}/log;\nevents {{}}\n"
        f"http {{ access_log off; {temp} server {{ listen 127.0.0.1:{port} ssl; ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate {own};"
        f" ssl_certificate_key {own}; return 200 hello; }} }}\n")
    return ["nginx", "-c", f"{home}/conf", "-e", f"{home}/log"], "tls"


def haproxy(home, port, own, _):
    (home / "conf").write_text(
        "global\n  nbthread 1\ndefaults\n  mode http\n  timeout connect 5s\n  timeout client 50s\n  timeout server 50s\n"
        f"frontend www\n  bind 127.0.0.1:{port} ssl crt {own}\n  http-request return status 200 content-type text/plain string hello\n")
    return ["haproxy", "-db", "-f", f"{home}/conf"], "tls"


def postfix(home, port, own, environment):
    for part in ("conf", "spool", "lib"):
        (home / part).mkdir()
    os.chown(home / "lib", pwd.getpwnam("postfix").pw_uid, 0)
    words = " ".join(f"{name}={value}" for name, value in environment.items())
    (home / "conf" / "main.cf").write_text(
        f"compatibility_level = 3.6\nqueue_directory = {home}/spool\ndata_directory = {home}/lib\nmyhostname = localhost\n"
        "mydestination =\ninet_interfaces = 127.0.0.1\nalias_maps =\nmaillog_file = /dev/stdout\n"
        f"maillog_file_prefixes = /dev\nsmtpd_tls_security_level = may\nsmtpd_tls_cert_file = {own}\nsmtpd_tls_key_file = {own}\n"
        "smtpd_client_connection_rate_limit = 0\nsmtpd_peername_lookup = no\nmax_use = 1000000\n"
        f"import_environment = MAIL_CONFIG TZ {words}\n")
    (home / "conf" / "master.cf").write_text(
        f"127.0.0.1:{port} inet n - n - 1 smtpd\ntlsmgr unix - - n 1000? 1 tlsmgr\npostlog unix-dgram n - n - 1 postlogd\n"
        "cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\nproxymap unix - - n - - proxymap\n"
        "rewrite unix - - n - - trivial-rewrite\nanvil unix - - n - 1 anvil\n")
    return ["postfix", "-c", f"{home}/conf", "start-fg"], "smtp"


def dovecot(home, port, own, environment):
    words = " ".join(f"{name}={value}" for name, value in environment.items())
    (home / "conf").write_text(
        f"base_dir = {home}/run\nstate_dir = {home}/run\nlog_path = {home}/log\nprotocols = imap\nlisten = 127.0.0.1\n"
        "passdb {\n  driver = static\n  args = nopassword=y\n}\nssl = yes\n"
        f"ssl_cert = <{own}\nssl_key = <{own}\nservice imap-login {{\n  service_count = 0\n  process_limit = 1\n"
        f"  inet_listener imap {{\n    port = {port}\n  }}\n  inet_listener imaps {{\n    port = 0\n  }}\n}}\n"
        f"import_environment = TZ {words}\n")
    return ["dovecot", "-F", "-c", f"{home}/conf"], "imap"


PROGRAMS = {"nginx": nginx, "haproxy": haproxy, "postfix": postfix, "dovecot": dovecot}


def tree(pid):
    out = [pid]
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return out
    for child in children:
        out += tree(int(child))
    return out


class Server:
    def __init__(self, program, top, own, library, view):
        self.home = top / (program + ("-preloaded" if library else "-alone"))
        self.home.mkdir(mode=0o755)
        self.port = free_port()
        environment = {}
        if library:
            environment = {"LD_PRELOAD": str(library), "TLSCACHE_VIEW": str(view), "TLSCACHE_LOG": f"{self.home}/preload.log"}
        self.command, self.opening = PROGRAMS[program](self.home, self.port, own, environment)
        path = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
        passed = environment if program in ("nginx", "haproxy") else {}
        self.output = open(self.home / "output", "w", encoding="utf-8")
        self.process = subprocess.Popen(["taskset", "-c", "0", *self.command], env={**path, **passed}, stdin=subprocess.DEVNULL,
                                        stdout=self.output, stderr=subprocess.STDOUT)
        self.wait()

    def wait(self):
        for _ in range(600):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        sys.exit(f"{self.home.name} does not listen: " + (self.home / "output").read_text(encoding="utf-8"))

    def cpu(self):
        """Seconds that its processes ran."""
        nanoseconds = 0
        for pid in tree(self.process.pid):
            for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
                nanoseconds += int(task.read_text(encoding="utf-8").split()[0])
        return nanoseconds / 1e9

    def stop(self):
        if self.command[0] == "postfix":  # its master does not end with the process that was started
            subprocess.run([*self.command[:3], "stop"], stdout=self.output, stderr=self.output, check=False)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.output.close()


def shake(server, load, root, version, kind, count):
    before = server.cpu()
    ended = subprocess.run(["taskset", "-c", "1", load, "shake", str(server.port), NAME, str(root), version, server.opening, kind,
                            str(count)], capture_output=True, text=True, timeout=600, check=False)
    if ended.returncode != 0:
        sys.exit(f"{server.home.name}: {ended.stderr}")
    return float(ended.stdout), server.cpu() - before


def measure(program, options, top, own, root, view):
    alone = Server(program, top, own, None, view)
    preloaded = Server(program, top, own, options.library, view)
    try:
        for version in ("1.3", "1.2"):
            for kind in ("new", "resumed") if alone.opening == "tls" else ("new",):
                rates, cpus, spent = [], [], []
                for turn in range(options.rounds):
                    pair = [alone, preloaded] if turn % 2 == 0 else [preloaded, alone]
                    took = {s: shake(s, options.load, root, version, kind, options.count) for s in pair}
                    rates.append(took[alone][0] / took[preloaded][0])
                    cpus.append(took[alone][1] / took[preloaded][1])
                    spent.append(1000 * took[alone][1] / options.count)
                rate, cpu = statistics.quantiles(rates, n=4), statistics.quantiles(cpus, n=4)
                print(f"{program:8} TLS {version} {kind:8} rate {rate[1]:.3f} ({rate[0]:.3f} to {rate[2]:.3f})  "
                      f"CPU {cpu[1]:.3f} ({cpu[0]:.3f} to {cpu[2]:.3f}), alone {statistics.median(spent):.3f} ms", flush=True)
    finally:
        alone.stop()
        preloaded.stop()
    log = preloaded.home / "preload.log"
    if "tlscache.open" not in log.read_text(encoding="utf-8"):
        sys.exit(f"{program} did not open the view")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", default="build/bench/lib/libtlscache-preload.so")
    parser.add_argument("--load", default="build/bench/bin/preload_load")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--programs", default=",".join(PROGRAMS))
    options = parser.parse_args()
    options.library, options.load = pathlib.Path(options.library).resolve(), os.path.abspath(options.load)
    top = pathlib.Path(tempfile.mkdtemp(prefix="certstead-preload-bench-"))
    top.chmod(0o755)
    try:
        view, root, own = top / "view", top / "root.pem", top / "own.pem"
        subprocess.run([options.load, "view", str(view), str(root), str(own), NAME], check=True)
        for program in options.programs.split(","):
            if shutil.which(program, path="/usr/sbin:/usr/bin") is None:
                print(f"{program}: not installed")
            elif program in ("postfix", "dovecot") and os.geteuid() != 0:
                print(f"{program}: needs root")
            else:
                measure(program, options, top, own, root, view)
    finally:
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main()
