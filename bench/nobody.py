"""Servers of the benchmarks don't run as root: some refuse it, and none needs it."""
import os

NOBODY = 65534


def as_nobody(*more):
    """What goes before a command, with further words for setpriv; nothing where we are an ordinary user already."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *more]


def give_away(directory):
    """All that is in it, to whom as_nobody() runs commands as."""
    os.chmod(directory, 0o755)
    if os.geteuid() != 0:
        return
    for top, _, files in os.walk(directory):
        for entry in [top] + [os.path.join(top, name) for name in files]:
            os.chown(entry, NOBODY, NOBODY)
