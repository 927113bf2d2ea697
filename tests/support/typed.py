"""The same tools as a person types them, one after the other: their own commands, with their own defaults."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.checked import RULES

from verifier.checker import Command, Settings, ToolOutput
from verifier.model import Checkout, Observations

BIN = Path(sys.executable).parent
DID_ITS_WORK = {"bandit": {0, 1}, "reuse": {0, 1}, "pylint": set(range(32))}
"""Exit codes besides 0 of tools that tell by them what they found."""


@dataclass(frozen=True)
class Typed:
    """What a person types in the delivery's folder. `site` has the packages of its environment, where there is one."""

    words: Sequence[str]
    site: Path | None = None

    @property
    def tool(self) -> str:
        return self.words[0]

    def run(self, tree: Path, home: Path) -> None:
        """`home` has nobody's settings. Raises SystemExit where the tool did not do its work."""
        env = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        env |= {"PYTHONPATH": str(self.site)} if self.site else {}
        done = subprocess.run([BIN / self.tool, *self.words[1:]], cwd=tree, env=env, capture_output=True, check=False)
        if done.returncode not in DID_ITS_WORK.get(self.tool, {0}):
            raise SystemExit(f"{' '.join(self.words)}: {done.returncode}\n{done.stderr.decode()[-2000:]}")


def typed(answer: Path, site: Path | None) -> Iterator[Typed]:
    """Each answers what verifier's checker of that name answers, or less: nothing is typed here for hidden characters, signs of
    malware, secrets in the history and dependencies' licences. None may ask a server.
    """
    what = ("--license", "--copyright", "--package", "--info")
    yield Typed(("scancode", *what, "--no-check-version", "--json", str(answer), "."))
    quiet = ("--metrics", "off", "--disable-version-check")
    yield Typed(("semgrep", "scan", "--config", str(RULES / "semgrep"), *quiet, "--json"))
    yield Typed(("bandit", "-r", ".", "-f", "json"))
    yield Typed(("pylint", "--rcfile", str(RULES / "tools" / "pylintrc"), "--recursive", "y", "."), site)
    yield Typed(("reuse", "lint", "--json"))
    yield Typed(("detect-secrets", "scan", "--no-verify"))


class Suite:
    """The delivered tests once, with coverage, in the environment that was built; as they are delivered code, in the sandbox."""

    # ruff: noqa: ARG002 - the interface's arguments

    name = "suite"

    def steps(self, tree: Checkout, settings: Settings) -> Sequence[Command]:
        words = ("env-python", "-m", "coverage", "run", "-m", "pytest", "-q", "-p", "no:cacheprovider")
        return [Command(argv=words, cwd="/copy", delivered_code=True, judged=True, seconds=settings.test_seconds)]

    def parse(self, tree: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        return Observations()
