#!/usr/bin/env python3
"""Makes certstead(1) and certstead.toml(5) of what the program says of itself.

    tools/man_pages.py PROGRAM DIRECTORY VERSION

Every verb's --help is asked for, so that the pages hold what the program has. The dates are those of the last entry of
packaging/debian/changelog: the same sources give the same pages.
"""
import email.utils
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent


def ask(program, words):
    """The help of a verb: its summary, its flags as (names, value, text), its verbs as (name, text), its example, and
    whether it does something without one of its verbs."""
    text = subprocess.run([program, *words, "--help"], check=True, capture_output=True, text=True).stdout
    parts = re.split(r"^(\S.*):\s*$", text, flags=re.M)
    out = {"summary": parts[0].strip().splitlines()[0], "flags": [], "verbs": [], "example": "",
           "runs": not re.search(r"^Usage: .* SUBCOMMAND$", text, re.M)}
    for head, body in zip(parts[1::2], parts[2::2]):
        entries = []
        for line in body.splitlines():
            found = re.match(r"^  (\S.*?)(?:\s{2,}(.*))?$", line)
            if found:
                entries.append([found[1], found[2] or ""])
            elif line.strip() and entries:
                entries[-1][1] = (entries[-1][1] + " " + line.strip()).strip()
        if head == "Subcommands":
            out["verbs"] = entries
        elif head == "Example":
            out["example"] = body.strip()
        elif head in ("Options", "Positionals", "Everywhere"):
            out["flags"] += [(head, *entry) for entry in entries]
    return out


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def paragraph(term, text):
    return f".TP\n.B {escape(term)}\n{escape(text) or '.br'}\n"


def page_head(name, section, date, version):
    return f'.TH {name.upper()} {section} "{date}" "Certstead {version}"\n.nh\n.ad l\n'


def describe_verb(program, words, globals_seen):
    told = ask(program, words)
    below = "".join(describe_verb(program, words + [name], globals_seen) for name, _ in told["verbs"])
    if not told["runs"]:
        return below
    out = f".SS certstead {escape(' '.join(words))}\n{escape(told['summary'])}.\n"
    for head, term, text in told["flags"]:
        if head == "Everywhere":
            globals_seen[term] = text
        elif "--help" not in term:
            out += paragraph(term, text)
    if told["example"]:
        out += f".P\nExample:\n.P\n.nf\n{escape(told['example'])}\n.fi\n"
    return out + below


def program_page(program, date, version):
    told = ask(program, [])
    seen = {}
    verbs = "".join(describe_verb(program, [name], seen) for name, _ in told["verbs"])
    flags = "".join(paragraph(term, text) for term, text in seen.items())
    return (page_head("certstead", 1, date, version)
            + ".SH NAME\ncertstead \\- gets, renews and serves the TLS certificates of your servers\n"
            + ".SH SYNOPSIS\n.B certstead\n.I VERB\n[\\fIFLAGS\\fR]\n"
            + f".SH DESCRIPTION\n{escape(told['summary'])}\n"
            + "Most verbs ask the manager of this host over its socket; manager and gateway are its servers.\n"
            + f".SH FLAGS OF EVERY VERB\n{flags}.SH VERBS\n{verbs}"
            + ".SH EXIT STATUS\n" + paragraph("0", "Done, or nothing to do.")
            + paragraph("1", "The thing asked for did not happen.")
            + paragraph("2", "The command line or the configuration is wrong.")
            + paragraph("3", "The manager can't be reached.")
            + paragraph("4", "Something is red (health).")
            + paragraph("10", "Nothing to do, with --detailed-exitcode.")
            + ".SH FILES\n.I /etc/certstead/certstead.toml\n"
            + ".SH SEE ALSO\n.BR certstead.toml (5)\n")


def settings_of(program, server):
    out = ""
    for head, term, text in ask(program, [server])["flags"]:
        found = re.search(r"--([a-z-]+)", term)
        # The manager reads it where the gateway does: [gateway] https.
        if head == "Options" and found and found[1] not in ("help", "gateway-https"):
            out += paragraph(found[1], text)
    return out


def config_page(program, date, version):
    return (page_head("certstead.toml", 5, date, version)
            + ".SH NAME\ncertstead.toml \\- configuration of Certstead\n"
            + ".SH DESCRIPTION\nA TOML file. A flag of the command line comes first, then the environment\n"
            + "(CERTSTEAD_MANAGER_DATA), then this file, then the default. What can be given several times is a list.\n"
            + "An unknown setting is an error that names its line.\n"
            + ".SH AT THE TOP\n" + paragraph("socket", "Socket of the manager.")
            + paragraph("output", "table or json.")
            + f".SH [manager]\n{settings_of(program, 'manager')}"
            + f".SH [gateway]\n{settings_of(program, 'gateway')}"
            + ".SH FILES\n.I /etc/certstead/certstead.toml\n"
            + ".SH SEE ALSO\n.BR certstead (1)\n")


def main():
    program, directory, version = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    stamp = re.search(r"^ -- .*>  (.*)$", (TOP / "packaging/debian/changelog").read_text(), re.M)[1]
    date = email.utils.parsedate_to_datetime(stamp).strftime("%Y-%m-%d")
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "certstead.1").write_text(program_page(program, date, version))
    (directory / "certstead.toml.5").write_text(config_page(program, date, version))


if __name__ == "__main__":
    main()
