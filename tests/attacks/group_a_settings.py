"""Group A, what steers a run or a licence: settings of pytest, of coverage and of REUSE."""

from __future__ import annotations

from attacks.attack import Trees, attack
from attacks.base import COPYLEFT, FAILING, FAILING_TEST, GPL, LICENCE, PASSING, SECURE_CODE, UNTESTED, UNTESTED_CODE

# --- A6: what pytest is told ----------------------------------------------------------------------------------------

NOTHING_RUNS = "-p no:terminal --co -k nothing --deselect tests/test_label.py --ignore=tests/test_label.py"
BAD = "tests/test_label.py"
LEFT = "tests:left-out"
NOT_TAKEN = "option not applied: --co"


def pytest_section(header):
    return f"[{header}]\naddopts = {NOTHING_RUNS}\npython_files = rates_*.py\n"


def plain_section(header):
    return f"[{header}]\naddopts = -ra --strict-markers\nmarkers =\n    slow: takes long\n"


@attack("A6a", "tests", ("steering", "pyproject.toml", NOT_TAKEN), ("steering", "pyproject.toml", "--deselect"))
def options_in_pyproject():
    trick = {"pyproject.toml": f'[tool.pytest.ini_options]\naddopts = "{NOTHING_RUNS}"\n'}
    harmless = {"pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-ra"\ntestpaths = ["tests"]\n', **PASSING}
    return Trees(flaw=FAILING, trick=trick, harmless=harmless)


@attack("A6b", "tests", ("steering", "pytest.ini", NOT_TAKEN))
def options_and_patterns_in_pytest_ini():
    return Trees(
        flaw=FAILING, trick={"pytest.ini": pytest_section("pytest")}, harmless={"pytest.ini": plain_section("pytest")}
    )


@attack("A6c", "tests", ("steering", "tox.ini", NOT_TAKEN), ("steering", "tox.ini", "variable PYTEST_ADDOPTS"))
def options_and_variables_in_tox_ini():
    tox = "[testenv]\nsetenv =\n    PYTEST_ADDOPTS = --co\n    PYTEST_PLUGINS = quiet\ncommands = pytest\n"
    harmless = {"tox.ini": plain_section("pytest") + "[testenv]\nsetenv =\n    ZONE = local\ncommands = pytest -v\n"}
    return Trees(flaw=FAILING, trick={"tox.ini": pytest_section("pytest") + tox}, harmless=harmless)


@attack("A6d", "tests", ("steering", "setup.cfg", NOT_TAKEN))
def options_in_setup_cfg():
    harmless = {"setup.cfg": plain_section("tool:pytest")}
    return Trees(flaw=FAILING, trick={"setup.cfg": pytest_section("tool:pytest")}, harmless=harmless)


@attack("A6e", "tests", ("steering", "pytest.toml", NOT_TAKEN))
def options_in_pytest_toml():
    trick = {"pytest.toml": '[pytest]\naddopts = ["--co"]\ntestpaths = ["nowhere"]\n'}
    return Trees(flaw=FAILING, trick=trick, harmless={"pytest.toml": '[pytest]\naddopts = ["-ra"]\n'})


@attack(
    "A6f",
    "tests",
    ("steering", "Makefile", "variable PYTEST_ADDOPTS"),
    ("steering", "Makefile", "option --deselect"),
    ("steering", ".env.example", "variable PYTEST_PLUGINS"),
)
def options_and_variables_of_a_documented_command():
    trick = {
        "Makefile": f"test:\n\tPYTEST_ADDOPTS=--co pytest {NOTHING_RUNS}\n",
        ".env.example": "PYTEST_PLUGINS=quiet\n",
    }
    harmless = {"Makefile": "test:\n\tZONE=local pytest -v\n", ".env.example": "ZONE=local\n"}
    return Trees(flaw=FAILING, trick=trick, harmless=harmless)


@attack("A6g", "tests", ("findings", BAD, LEFT), ("steering", "tests/conftest.py", "hooks"))
def a_conftest_that_passes_over_files():
    hooks = "collect_ignore = ['test_label.py']\ncollect_ignore_glob = ['*label*']\n"
    hooks += "\n\ndef pytest_ignore_collect(collection_path):\n    return 'label' in collection_path.name or None\n"
    harmless = {"tests/conftest.py": "collect_ignore = ['data']\n"}
    return Trees(flaw=FAILING, trick={"tests/conftest.py": hooks}, harmless=harmless)


@attack("A6h", "tests", ("steering", "conftest.py", "hooks"))
def a_conftest_that_takes_tests_out():
    hooks = "def pytest_collection_modifyitems(items):\n    items[:] = [i for i in items if 'label' not in i.name]\n"
    hooks += "\n\ndef pytest_collection_finish(session):\n    pytest_collection_modifyitems(session.items)\n"
    harmless = {
        "conftest.py": "def pytest_collection_modifyitems(items):\n    items.sort(key=lambda item: item.name)\n"
    }
    return Trees(flaw=FAILING, trick={"conftest.py": hooks}, harmless=harmless)


@attack("A6i", "tests", ("findings", BAD, LEFT))
def a_module_that_says_it_is_no_test():
    return Trees(flaw=FAILING, trick={BAD: FAILING_TEST + "\n\n__test__ = False\n"})


@attack("A6j", "tests", ("findings", BAD, "tests:collection-error"))
def a_file_of_tests_that_cannot_be_read():
    return Trees(flaw=FAILING, trick={BAD: "def test_label(:\n    assert 1 == 2\n"})


# --- A7, A10: what coverage is told ---------------------------------------------------------------------------------

COVERED = ("tests.coverage.statements",)
OMIT = "[run]\nomit = *\nplugins = quiet\n[report]\nexclude_also = .\n"
SECTIONS = OMIT.replace("[", "[coverage:")
PLUGIN = {"tests/quiet.py": "def coverage_init(registry, options):\n    raise SystemExit(0)\n"}


@attack("A7a", "tests", ("steering", ".coveragerc", "not applied"), same=COVERED)
def coverages_own_file():
    harmless = {".coveragerc": "[run]\nbranch = True\n"}
    return Trees(flaw=UNTESTED, trick={".coveragerc": OMIT, **PLUGIN}, harmless=harmless)


@attack(
    "A7b",
    "tests",
    ("steering", "pyproject.toml", "run.omit"),
    ("steering", "setup.cfg", "coverage:run"),
    ("steering", "tox.ini", "coverage:report"),
    same=COVERED,
)
def coverages_settings_in_every_other_file():
    toml = '[tool.coverage.run]\nomit = ["*"]\n[tool.coverage.report]\nexclude_also = ["."]\n'
    trick = {"pyproject.toml": toml, "setup.cfg": SECTIONS, "tox.ini": SECTIONS}
    harmless = {
        "pyproject.toml": "[tool.coverage.run]\nbranch = true\n",
        "setup.cfg": "[coverage:run]\nbranch = True\n",
    }
    return Trees(flaw=UNTESTED, trick=trick, harmless=harmless)


@attack("A7c", "tests", ("suppressions", "more.py", "pragma: no cover"), same=COVERED)
def a_comment_that_takes_a_function_out():
    trick = {"more.py": UNTESTED_CODE.replace(":\n", ":  # pragma: no cover\n", 1)}
    harmless = {"limits.py": "LARGEST = 3\nif LARGEST:  # pragma: no cover - always so here\n    LARGEST = 4\n"}
    harmless["tests/test_limits.py"] = "from limits import LARGEST\n\n\ndef test_it():\n    assert LARGEST == 4\n"
    return Trees(flaw=UNTESTED, trick=trick, harmless=harmless)


@attack("A7d", "tests", ("steering", "conftest.py", "hooks"), same=COVERED)
def a_conftest_that_names_another_configuration():
    names = ("COVERAGE_RCFILE", "COVERAGE_PROCESS_START")
    hooks = "import os\n" + "".join(f"os.environ[{name!r}] = '/copy/.coveragerc'\n" for name in names)
    return Trees(flaw=UNTESTED, trick={"conftest.py": hooks, ".coveragerc": OMIT, **PLUGIN})


@attack("A7e", "tests", ("notes", "", "tests of ."))
def code_that_coverage_does_not_count():
    trick = {"more.py": "exec(open('more.txt').read())\n", "more.txt": UNTESTED_CODE}
    trick["tests/test_more.py"] = "def test_more():\n    import more\n"
    return Trees(flaw=UNTESTED, trick=trick)


@attack("A7f", "tests", ("notes", "", "tests of ."))
def code_in_a_file_that_is_named_for_types():
    load = "from importlib.machinery import SourceFileLoader\n\nmore = SourceFileLoader('more', 'more.pyi').load_module()\n"
    test = "from load import more\n\n\ndef test_more():\n    assert more\n"
    stub = "def rate(grams: int, zone: str) -> int: ...\n"
    trick = {"more.py": None, "more.pyi": UNTESTED_CODE, "load.py": load, "tests/test_more.py": test}
    return Trees(flaw=UNTESTED, trick=trick, harmless={"rates.pyi": stub})


@attack("A10a", "tests", ("steering", ".coveragerc", "not applied"), same=COVERED)
def a_plug_in_of_coverage():
    harmless = {".coveragerc": "[run]\nbranch = True\n"}
    return Trees(flaw=UNTESTED, trick={".coveragerc": "[run]\nplugins = tests.quiet\n", **PLUGIN}, harmless=harmless)


# --- A8: what REUSE is told -----------------------------------------------------------------------------------------

MIT = {"LICENSES/MIT.txt": LICENCE}
ANNOTATED = """\
version = 1

[[annotations]]
path = "**"
precedence = "override"
SPDX-FileCopyrightText = "2026 Parcel rates"
SPDX-License-Identifier = "MIT"
"""
DEP5 = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2026 Parcel rates
License: MIT
"""
BLOCKS = "scancode:inbound-conflict"


@attack(
    "A8a", "licence", ("steering", "REUSE.toml", "not applied"), ("findings", "label.py", "scancode:declared-differs")
)
def a_declaration_over_all_files():
    files = {"REUSE.toml": ANNOTATED, **MIT}
    return Trees(flaw=COPYLEFT, trick=files, harmless=files)


@attack(
    "A8b", "licence", ("steering", ".reuse/dep5", "not applied"), ("findings", "label.py", "scancode:declared-differs")
)
def an_old_declaration_over_all_files():
    return Trees(flaw=COPYLEFT, trick={".reuse/dep5": DEP5, **MIT})


@attack(
    "A8c",
    "licence",
    ("suppressions", "label.py", "REUSE-IgnoreStart"),
    ("findings", "label.py", BLOCKS),
    ("findings", "beside.py", BLOCKS),
    ("findings", "headed.py", BLOCKS),
)
def a_comment_a_file_beside_it_and_a_header():
    code = GPL + SECURE_CODE
    start, end = (f"# REUSE-Ignore{word}\n" for word in ("Start", "End"))
    tag = "SPDX-License-" + "Identifier: MIT\n"
    files = {"label.py": start + GPL + end + SECURE_CODE, "beside.py": code, "headed.py": f"# {tag}{code}"}
    files["beside.py.license"] = "SPDX-FileCopyrightText: 2026 Parcel rates\n" + tag
    return Trees(flaw=COPYLEFT, trick={**files, **MIT}, harmless={"headed.py": f"# {tag}{SECURE_CODE}"})


@attack("A8d", "licence", ("findings", "tests/label.py", BLOCKS))
def copyleft_among_the_tests():
    trick = {"label.py": None, "tests/label.py": GPL + SECURE_CODE}
    trick["run.py"] = (
        "from importlib.util import spec_from_file_location\n\nspec_from_file_location('label', 'tests/label.py')\n"
    )
    return Trees(flaw=COPYLEFT, trick=trick, harmless={"docs/copyleft.md": "The GPL is another licence.\n"})
