"""What a file names that would be run: read from its syntax or its commands, and nothing of test runners."""

from __future__ import annotations

import ast

import pytest

from verifier.inside.look.languages import language_of
from verifier.inside.look.named import MOST, named, starts
from verifier.inside.look.senses import senses

pytestmark = pytest.mark.self


def names(path: str, text: str) -> list[str]:
    data = text.encode()
    tree = ast.parse(text) if path.endswith(".py") else None
    return named(path, language_of(path, data), data, tree)


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("a.py", 'run("tests.served:app")', ["tests.served"]),
        ("a.py", 'Popen([sys.executable, "-m", "tests.moduled"])', ["tests.moduled"]),
        ("a.py", 'os.system("python tests/started.py --now")', ["tests/started.py"]),
        ("a.py", 'exec((HERE / "tests" / "read.py").read_text())', ["read.py", "tests/read.py"]),
        ("a.py", 'exec(open(join(HERE, "tests", "read.py")).read())', ["read.py", "tests/read.py"]),
        ("a.py", 'import_module("tests.plug." + name)', ["tests.plug"]),
        ("setup.py", 'setup(entry_points={"x": ["label = tests.label:label"]})', ["tests.label"]),
        ("setup.py", 'setup(package_dir={"mapped": "tests/mapped"})', ["tests/mapped"]),
        ("pyproject.toml", '[project.scripts]\nlabel = "tests.label:label"\n', ["tests.label"]),
        ("pyproject.toml", '[project.entry-points.x]\nlabel = "tests.label"\n', ["tests.label"]),
        ("pyproject.toml", '[tool.setuptools]\npackage-dir = {mapped = "tests/mapped"}\n', ["tests/mapped"]),
        ("pyproject.toml", '[tool.poetry]\npackages = [{include = "a", from = "tests"}]\n', ["tests/a"]),
        ("pyproject.toml", '[tool.poetry.scripts]\na = "tests.label:a"\n', ["tests.label"]),
        ("setup.cfg", "[options.entry_points]\nconsole_scripts =\n  a = tests.label:a\n", ["tests.label"]),
        ("setup.cfg", "[options]\npackage_dir =\n  = tests/x\n", ["tests/x"]),
        ("package.json", '{"main": "./lib/a.test.js", "bin": {"x": "tests/x.js"}}', ["./lib/a.test.js", "tests/x.js"]),
        ("package.json", '{"scripts": {"start": "node tests/server"}}', ["tests/server"]),
        (
            "requirements.txt",
            "./wheels/core-1.0.tar.gz\n-e ./tests/plugin\nsix\n",
            ["./tests/plugin", "./wheels/core-1.0.tar.gz"],
        ),
        ("Procfile", "web: gunicorn tests.served:app\n", ["tests.served"]),
        ("Dockerfile", 'FROM x\nCOPY tests/a.py .\nCMD ["python", "tests/docked.py"]\n', ["tests/docked.py"]),
        ("Dockerfile", "FROM x\nENV FLASK_APP=tests.served\n", ["tests.served"]),
        (
            "run.sh",
            '#!/bin/sh\nexec python tests/shelled.py "$1"\n. tests/down.sh\n',
            ["tests/down.sh", "tests/shelled.py"],
        ),
        ("compose.yml", "services:\n  a:\n    command: python tests/proc.py\n", ["tests/proc.py"]),
        ("Makefile", "run:\n\tpython tests/proc.py\n", ["tests/proc.py"]),
        ("a.html", '<script src="tests/page.js"></script>', ["tests/page.js"]),
        ("a.js", 'const app = require("./server.test.js");', ["./server.test.js"]),
        ("a.ts", "import './__tests__/app.js';", ["./__tests__/app.js"]),
        ("a.php", '<?php include "tests/x.php";', ["tests/x.php"]),
    ],
)
def test_what_would_be_run_is_named(path, text, found):
    assert names(path, text) == found


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", '"""As in tests/test_a.py."""\n'),
        ("a.py", '"tests/test_a.py"\n'),
        ("a.py", 'raise ValueError("see tests/test_a.py for how")'),
        ("a.py", 'def test():\n    pytest.main(["--pyargs", "pkg.tests"])'),
        ("a.py", 'run([sys.executable, "-m", "pytest", "tests/test_a.py"])'),
        ("a.py", 'run("pytest tests/test_a.py")'),
        ("a.py", 'session.run("pytest", "tests/test_a.py")'),
        ("a.py", 'loader.loadTestsFromName("pkg.tests.test_a")'),
        ("a.py", 'TEST_RUNNER = "pkg.tests.runner.Runner"'),
        ("setup.py", 'setup(packages=["pkg", "pkg.tests"], test_suite="tests.test_all")'),
        (
            "pyproject.toml",
            '[tool.pytest.ini_options]\ntestpaths = ["tests/unit"]\n[tool.ruff.lint.per-file-ignores]\n"tests/a.py" = []\n',
        ),
        ("pyproject.toml", '[tool.poe.tasks]\ntest = "python tests/run.py"\n'),
        ("tox.ini", "[testenv]\ncommands = python tests/run.py\n"),
        (".github/workflows/ci.yml", "run: python tests/run.py\n"),
        (
            "package.json",
            '{"scripts": {"test": "node tests/run.js", "start": "jest tests/run.js"}, "files": ["tests/a.js"]}',
        ),
        ("Makefile", "bench:\n\tpython tests/bench.py\ntest:\n\tpython tests/run.py\nrun:\n\tpytest tests/test_a.py\n"),
        ("ci/test.sh", "python tests/run.py\n"),
        ("run.sh", "rm tests/a.py\nruff check tests/a.py\npython -m pytest tests/test_a.py\n"),
        ("jest.config.js", 'module.exports = {setup: "./tests/setup.js"};'),
        ("vite.config.ts", 'export default {test: {setupFiles: "./tests/setup.ts"}};'),
        ("requirements.txt", "six==1.0\ntests-helper\n"),
        ("requirements-dev.txt", "-e ./tests/plugin\n"),
        ("README.md", "python tests/run.py\n"),
    ],
)
def test_what_tests_documents_or_configures_names_nothing(path, text):
    assert names(path, text) == []


def test_the_names_of_one_file_are_bounded():
    assert len(names("a.py", str([f"a.b{number}" for number in range(20 * MOST)]))) <= 10 * MOST


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        (
            "package.json",
            '{"scripts": {"start": "node web/server && sh install"}}',
            {"install": "bash", "web/server": "javascript"},
        ),
        ("Procfile", "web: node ./web/server --port 80\n", {"web/server": "javascript"}),
        ("Dockerfile", 'FROM x\nCMD ["sh", "install"]\n', {"install": "bash"}),
        ("Makefile", "run:\n\tpython3 tool\n", {"tool": "script"}),
        ("package.json", '{"scripts": {"test": "node tests/server"}}', {}),
        ("a.py", "run('node web/server')", {}),
    ],
)
def test_what_a_command_starts_is_told_with_its_language(path, text, found):
    data = text.encode()
    assert starts(path, language_of(path, data), data) == found


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("import sys\n\nFLAG = 'pytest' in sys.modules\n", "pytest in sys.modules"),
        ("import sys\n\nFLAG = sys.modules.get('coverage')\n", "coverage in sys.modules"),
        ("import os\n\nFLAG = os.environ.get('PYTEST_CURRENT_TEST')\n", "PYTEST_CURRENT_TEST"),
        ("import sys\n\nFLAG = sys.gettrace()\n", "sys.gettrace"),
        ("import os\n\nFLAG = os.path.exists('/copy')\n", "/copy"),
        ("import os\n\nFLAG = os.getcwd().startswith('/delivery/')\n", "/delivery/"),
    ],
)
def test_code_that_asks_whether_it_is_tested_is_told(text, what):
    (one,) = senses(text.encode(), ast.parse(text))
    assert (one.line, one.what.partition(":")[0]) == (3, f"asks whether it is being tested ({what})")


@pytest.mark.parametrize(
    "text", ["import sys\nA = 'a' in sys.modules\n", "A = '/copyright'\n", "# PYTEST_CURRENT_TEST\n"]
)
def test_other_questions_are_not_told(text):
    assert senses(text.encode(), ast.parse(text)) == []
