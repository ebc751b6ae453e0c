#!/usr/bin/env python3
"""certstead(1) describes every verb that completion offers, and every exit code.

    tests/packaging/man_pages_test.py PROGRAM
"""
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
# They do something by themselves and have verbs of their own as well.
BOTH = {"export", "health"}


def main():
    program = sys.argv[1]
    script = subprocess.run([program, "completion", "bash"], check=True, capture_output=True, text=True).stdout
    verbs = set(re.findall(r"'([^']+)'", re.search(r"^\s*(\S.*)\) place=\$next ;;$", script, re.M)[1]))
    wanted = BOTH | {verb for verb in verbs if not any(other.startswith(verb + " ") for other in verbs)}
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([TOP / "tools/man_pages.py", program, directory, "0"], check=True)
        page = (pathlib.Path(directory) / "certstead.1").read_text().replace("\\-", "-")
    described = set(re.findall(r"^\.SS certstead (.*)$", page, re.M))
    codes = set(re.findall(r"^  kExit\w+ = (\d+),", (TOP / "src/cli/exit_code.h").read_text(), re.M))
    status = set(re.findall(r"^\.B (\d+)$", page.split(".SH EXIT STATUS")[1], re.M))
    if len(wanted) < 50 or described != wanted or status != codes:
        raise SystemExit(f"verbs that only one of them has: {described ^ wanted}; exit codes: {status ^ codes}")
    print(f"{len(described)} verbs and {len(status)} exit codes are described")


if __name__ == "__main__":
    main()
