#!/usr/bin/env python3
"""Fails if a module includes or links what tools/layers.txt does not allow it.

    tools/check_layers.py [ROOT]

Product code of a module may include that module, and the modules on its line. Tests (TESTS and TEST_SUPPORT of its
CMakeLists.txt, and headers named fake_* or *_testing.h) may also include whatever stands on a lower level. USES in
its CMakeLists.txt may name what stands on its line. Headers keep heavy libraries out, and curl_easy_perform, which
blocks, stays inside net; apps and tests are held to these two as well. Says each wrong arrow with its file and line.
"""

import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
MODULE_CALL = re.compile(r"certstead_module\s*\((.*?)\)", re.DOTALL)
# A header with one of these makes every file that includes it slow to build.
HEAVY = re.compile(r"^\s*#\s*include\s*<((?:CLI|toml\+\+|spdlog|boost/asio)(?:/[^>]*|\.h|\.hpp))>")
MAY_BE_HEAVY = {"net", "gateway", "api"}
BLOCKING_CALL = re.compile(r"\bcurl_easy_perform\b")
MAY_BLOCK = {"net"}
KEYWORDS = {"SOURCES", "TESTS", "TEST_SUPPORT", "USES", "LINK"}


class Layers:
    """The table: module -> level, module -> what it may use ("*": everything)."""

    def __init__(self, text):
        self.level = {}
        self.order = {}  # module -> how many lines stand above its own
        self.uses = {}
        self.faults = []
        for number, line in enumerate(text.splitlines(), 1):
            line = line.split("#", 1)[0].strip()
            if line:
                self._read_line(number, line)
        for module in self.level:
            self._check_uses(module)

    def _read_line(self, number, line):
        match = re.fullmatch(r"(\d+)\s+(\w+):\s*(.*)", line)
        if not match:
            self.faults.append(f"layers.txt:{number}: not of the form 'level module: uses'")
            return
        level, module, uses = match.groups()
        if module in self.level:
            self.faults.append(f"layers.txt:{number}: {module} has a line already")
        self.level[module] = int(level)
        self.order.setdefault(module, len(self.order))
        self.uses[module] = set(uses.split())

    def _check_uses(self, module):
        for used in sorted(self.uses[module] - {"*"}):
            if used not in self.level:
                self.faults.append(f"layers.txt: {module} uses {used}, which has no line")
            elif self.order[used] >= self.order[module] or self.level[used] > self.level[module]:
                self.faults.append(f"layers.txt: {module} uses {used}, which does not stand above it in the table")

    def allows(self, module, used):
        return used == module or "*" in self.uses[module] or used in self.uses[module]

    def is_lower(self, used, module):
        return self.level[used] < self.level[module]


def module_lists(cmake_text):
    """The lists of all certstead_module calls of one CMakeLists.txt, by keyword."""
    lists = {keyword: [] for keyword in KEYWORDS}
    text = re.sub(r"#.*", "", cmake_text)
    for call in MODULE_CALL.findall(text):
        current = None
        for word in call.split()[1:]:
            if word in KEYWORDS:
                current = word
            elif current:
                lists[current].append(word)
    return lists


def is_test_file(path, lists):
    if path.name in lists["TESTS"] or path.name in lists["TEST_SUPPORT"]:
        return True
    if path.name.startswith("fake_") or path.stem.endswith(("_test", "_testing")):
        return True
    return path.suffix == ".h" and path.stem + ".cc" in lists["TEST_SUPPORT"]


def check_file(path, shown, module, is_test, layers, src):
    faults = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        used = match.group(1).split("/", 1)[0]
        if not (src / match.group(1)).is_file():
            faults.append(f'{shown}:{number}: "{match.group(1)}" is not there; includes are written from src/')
        elif used not in layers.level:
            faults.append(f"{shown}:{number}: {used} has no line in tools/layers.txt")
        elif not layers.allows(module, used) and not (is_test and layers.is_lower(used, module)):
            faults.append(f"{shown}:{number}: {module} may not include {used}")
    return faults


def check_lines(path, shown, module):
    """The rules that hold for every file: of a module, or of apps and tests (module is the folder's name then)."""
    faults = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        heavy = HEAVY.match(line)
        if heavy and path.suffix == ".h" and module not in MAY_BE_HEAVY:
            faults.append(f"{shown}:{number}: no header of {module} may include {heavy.group(1)}; use it in a .cc file")
        if BLOCKING_CALL.search(line) and module not in MAY_BLOCK:
            faults.append(f"{shown}:{number}: only net may call curl_easy_perform; use net's client")
    return faults


def check_module(folder, layers, root):
    module = folder.name
    if module not in layers.level:
        return [f"src/{module}: has no line in tools/layers.txt"]
    cmake = folder / "CMakeLists.txt"
    lists = module_lists(cmake.read_text(encoding="utf-8")) if cmake.is_file() else module_lists("")
    faults = [
        f"src/{module}/CMakeLists.txt: {module} may not use {used}"
        for used in lists["USES"]
        if not layers.allows(module, used)
    ]
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".h", ".cc"):
            shown = path.relative_to(root)
            faults += check_file(path, shown, module, is_test_file(path, lists), layers, root / "src")
            faults += check_lines(path, shown, module)
    return faults


def check_outer(folder, root):
    faults = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".h", ".cc"):
            faults += check_lines(path, path.relative_to(root), folder.name)
    return faults


def check(root):
    layers = Layers((root / "tools" / "layers.txt").read_text(encoding="utf-8"))
    faults = list(layers.faults)
    for folder in sorted((root / "src").iterdir()):
        if folder.is_dir():
            faults += check_module(folder, layers, root)
    for name in ("apps", "tests"):
        faults += check_outer(root / name, root)
    return faults


def main(arguments):
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    faults = check(root)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
