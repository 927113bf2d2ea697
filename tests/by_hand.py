"""Runs five real projects' tests as a person would, in a clean environment, and records what they printed.

    .venv/bin/python tests/by_hand.py        # writes tests/fixtures/by_hand.json

The recorded answers are what `test_real_projects.py` holds verifier's own against. The commands below are those of each
project's documentation; they share nothing with verifier but the sandbox they run in, the coverage configuration, and which
files are counted.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from support import checked
from support.sdists import PROJECTS, delivered

from verifier import index
from verifier.checker import Command, Settings, ToolOutput
from verifier.checkout import Limits, Request, checkout
from verifier.model import Checkout, Observations
from verifier.runner import Places, perform, private_copies
from verifier.sandbox import Bubblewrap
from verifier.testing.coverage import counted

ANSWERS = Path(__file__).parent / "fixtures" / "by_hand.json"
INSTALL = {
    "itsdangerous": "-e . -r requirements/tests.txt",
    "humanize": "-e .[tests]",
    "python-dotenv": "-e . -r requirements.txt",
    "structlog": "-e . --group tests",
    "sqlite-utils": "-e . --group dev",
}
PYTHON = "3.11"
TYPED = """
set -e
/uv venv -q --python {python} /env/venv
/uv pip install -q --python /env/venv/bin/python {install} pytest coverage
cd /copy
python -m pytest -q -p no:cacheprovider 2>&1 | tail -n 1
coverage run --rcfile=/rules/tools/coveragerc -m pytest -q -p no:cacheprovider -p no:cov > /dev/null 2>&1 || true
coverage combine -q --rcfile=/rules/tools/coveragerc
coverage json -i -q --rcfile=/rules/tools/coveragerc -o /out/coverage.json
"""


class ByHand:
    """What a person types, as one command."""

    # ruff: noqa: ARG002 - the interface's arguments

    name = "by-hand"

    def __init__(self, project: str) -> None:
        self._script = TYPED.format(python=PYTHON, install=INSTALL[project])

    def steps(self, tree: Checkout, settings: Settings) -> Sequence[Command]:
        return [
            Command(
                argv=("sh", "-c", self._script),
                cwd="/copy",
                env={"UV_CACHE_DIR": "/env/cache", "UV_PYTHON_DOWNLOADS": "never"},
                produces=("coverage.json",),
                delivered_code=True,
                index=True,
            )
        ]

    def parse(self, tree: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        return Observations()


def by_hand(project: str, scratch: Path) -> dict[str, object]:
    repository = delivered(project, scratch)
    with checkout(Request(where=str(repository), limits=Limits()), workspace=scratch) as tree:
        classified = replace(checked.checkout(tree.root), delivery=tree.delivery)
        places = Places(workspace=scratch, rules=checked.RULES, socket=scratch / "index.sock")
        private_copies(tree, places)
        with index.serve(index.configured({}), scratch / "index.sock", cache=scratch / "cache"):
            (output,), trouble = perform(ByHand(project), tree, Settings(), places, Bubblewrap())
    if trouble:
        raise SystemExit(f"{project}: {trouble.message}\n{output.stderr.decode()}")
    files = json.loads(output.files["coverage.json"])["files"]
    summaries = [files[file.path]["summary"] for file in counted(classified) if file.path in files]
    statements = sum(summary["num_statements"] for summary in summaries)
    covered = sum(summary["covered_lines"] for summary in summaries)
    last = output.stdout.decode().strip().splitlines()[-1]
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|skipped|errors?|xfailed)", last)}
    return {"install": INSTALL[project], "counts": counts, "statements": covered * 10_000 // statements, "said": last}


def main() -> int:
    answers = {}
    for project in PROJECTS:
        with tempfile.TemporaryDirectory(prefix="by-hand-") as scratch:
            answers[project] = by_hand(project, Path(scratch))
            sys.stderr.write(f"{project}: {answers[project]}\n")
    ANSWERS.write_text(json.dumps(answers, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
