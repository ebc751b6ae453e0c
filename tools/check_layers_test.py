#!/usr/bin/env python3
"""Tests of check_layers.py:  python3 tools/check_layers_test.py"""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

import check_layers

TABLE = """
# a comment
0 base:
1 log: base
1 model: base
2 net: base log
7 apps: *
"""


class CheckLayersTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("tools/layers.txt", TABLE)
        for module in ("base", "log", "model", "net"):
            self.write(f"src/{module}/{module}.h", "#pragma once\n")

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def faults(self):
        return check_layers.check(self.root)

    def assert_one_fault(self, *parts):
        faults = self.faults()
        self.assertEqual(len(faults), 1, faults)
        for part in parts:
            self.assertIn(part, faults[0])

    def test_arrows_of_the_table_are_fine(self):
        self.write("src/net/net.cc", '#include "net/net.h"\n#include <vector>\n#include "log/log.h"\n')
        self.write("src/net/CMakeLists.txt", "certstead_module(net\n  SOURCES net.cc\n  USES base log)\n")
        self.assertEqual(self.faults(), [])

    def test_an_include_that_is_not_in_the_table_is_named_with_its_line(self):
        self.write("src/net/net.cc", '#include "net/net.h"\n  #  include "model/model.h"\n')
        self.assert_one_fault("src/net/net.cc:2", "net may not include model")

    def test_an_include_upwards_is_refused(self):
        self.write("src/base/base.cc", '#include "log/log.h"\n')
        self.assert_one_fault("base may not include log")

    def test_files_of_subfolders_count(self):
        self.write("src/net/http/parser.cc", '#include "model/model.h"\n')
        self.assert_one_fault("src/net/http/parser.cc:1")

    def test_tests_may_include_what_stands_lower(self):
        for name in ("net_test.cc", "fake_server.h", "http_testing.h"):
            self.write(f"src/net/{name}", '#include "model/model.h"\n')
        self.assertEqual(self.faults(), [])

    def test_tests_may_not_include_what_stands_beside_or_above(self):
        self.write("src/log/log_test.cc", '#include "model/model.h"\n#include "net/net.h"\n')
        self.assertEqual(len(self.faults()), 2)

    def test_test_support_is_known_from_cmake(self):
        self.write("src/net/helper.h", '#include "model/model.h"\n')
        self.write("src/net/helper.cc", '#include "net/helper.h"\n#include "model/model.h"\n')
        self.assertEqual(len(self.faults()), 2)
        self.write("src/net/CMakeLists.txt", "certstead_module(net\n  TEST_SUPPORT helper.cc # x\n  USES base)\n")
        self.assertEqual(self.faults(), [])

    def test_linking_is_held_to_the_table_too(self):
        self.write("src/net/CMakeLists.txt", "certstead_module(net SOURCES net.cc USES base model LINK x)\n")
        self.assert_one_fault("src/net/CMakeLists.txt", "net may not use model")

    def test_includes_are_written_from_src(self):
        self.write("src/net/net.cc", '#include "net.h"\n')
        self.assert_one_fault("written from src/")

    def test_a_module_needs_a_line(self):
        self.write("src/stray/stray.h", "")
        self.assert_one_fault("src/stray: has no line")

    def test_the_table_itself_must_point_downwards(self):
        self.write("tools/layers.txt", TABLE.replace("1 log: base", "1 log: base model ghost"))
        faults = self.faults()
        self.assertIn("layers.txt: log uses ghost, which has no line", faults)
        self.assertIn("layers.txt: log uses model, which does not stand above it in the table", faults)

    def test_a_level_may_use_itself_from_the_top_down(self):
        self.write("tools/layers.txt", TABLE.replace("1 model: base", "1 model: base log"))
        self.write("src/model/model.cc", '#include "log/log.h"\n')
        self.assertEqual(self.faults(), [])

    def test_headers_keep_heavy_libraries_out(self):
        for library in ("CLI/CLI.hpp", "toml++/toml.h", "spdlog/spdlog.h", "boost/asio.hpp", "boost/asio/io_context.hpp"):
            self.write("src/log/log.h", f"#pragma once\n#include <{library}>\n")
            self.assert_one_fault("src/log/log.h:2", f"no header of log may include {library}")

    def test_sources_and_the_modules_of_the_network_may_be_heavy(self):
        self.write("src/log/log.cc", "#include <spdlog/spdlog.h>\n")
        self.write("src/net/net.h", "#include <boost/asio.hpp>\n")
        self.assertEqual(self.faults(), [])

    def test_only_net_may_call_what_blocks(self):
        self.write("src/net/client.cc", "curl_easy_perform(handle);\n")
        self.assertEqual(self.faults(), [])
        self.write("src/model/model.cc", "\n  auto code = ::curl_easy_perform(handle);\n")
        self.assert_one_fault("src/model/model.cc:2", "only net may call curl_easy_perform")

    def test_apps_and_tests_are_held_to_the_rules_for_lines(self):
        self.write("apps/certstead/main.h", "#include <CLI/CLI.hpp>\n")
        self.assert_one_fault("apps/certstead/main.h:1", "no header of apps may include CLI/CLI.hpp")
        self.write("apps/certstead/main.h", "")
        self.write("tests/scenario/x_test.cc", "curl_easy_perform(handle);\n")
        self.assert_one_fault("tests/scenario/x_test.cc:1")

    def test_a_wrong_arrow_ends_the_program_with_1(self):
        self.assertEqual(check_layers.main([str(self.root)]), 0)
        self.write("src/base/base.cc", '#include "log/log.h"\n')
        with contextlib.redirect_stderr(io.StringIO()) as said:
            self.assertEqual(check_layers.main([str(self.root)]), 1)
        self.assertEqual(said.getvalue(), "src/base/base.cc:1: base may not include log\n")

    def test_a_broken_line_of_the_table_is_named(self):
        self.write("tools/layers.txt", TABLE + "two net base\n")
        self.assert_one_fault("layers.txt:8")


if __name__ == "__main__":
    unittest.main()
