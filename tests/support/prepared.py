"""A delivery whose environment is built once, before anything is timed, and `verifier` in a process that finds it built.

one = Prepared(repository, folder, tree, build=True)
one.verifier("assess", str(repository), "--no-cache")
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path

from verifier import pipeline, rulebook, runner
from verifier.cache import Recalls
from verifier.checkout import Limits, Request, checkout
from verifier.model import Checkout, CheckResult, Observations
from verifier.runner import Places
from verifier.scope import Scope

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Shared(Places):
    """A workspace of its own, with the environment that was built before."""

    shared: Path

    def work(self, *, base: bool = False) -> Path:
        return self.shared / ("base-work" if base else "work")

    def env(self, *, base: bool = False) -> Path:
        return self.shared / ("base-env" if base else "env")


class Prepared:
    """`criteria` ask for no mutation probe: nobody tries small changes by hand."""

    def __init__(self, repository: Path, folder: Path, tree: Checkout, *, build: bool = True) -> None:
        self.repository, self.folder = repository, folder
        whole = rulebook.load_profile("micro-ca")
        asked = tuple(one for one in whole.criteria if not one.check.startswith(pipeline.PROBED))
        self.criteria = replace(whole, criteria=asked)
        self.settings = pipeline._settings(self.criteria, ())
        run = pipeline._Run(tree, self.settings, Places(workspace=folder, rules=rulebook.rules_dir()), lambda *_: None)
        run.first_look(Scope.from_mapping(self.criteria.scope))
        self.built = run._environment() if build else pipeline._not_built(Observations())
        if self.built.seen.trouble:
            raise SystemExit(f"{repository.name}: {self.built.seen.trouble.message}")
        self.tree = run.tree
        self.file = folder / "prepared.pickle"
        self.file.write_bytes(pickle.dumps((self.built, folder)))

    @property
    def site(self) -> Path | None:
        """Where the packages of the environment lie."""
        return next((self.folder / "env" / "venv").glob("lib/python*/site-packages"), None)

    def places(self, workspace: Path, recalls: Recalls | None = None) -> Shared:
        return Shared(workspace=workspace, rules=rulebook.rules_dir(), shared=self.folder, recalls=recalls)

    def assess(self) -> None:
        """In this process, but for the installation."""
        with found_built(self.built, self.folder):
            request = Request(where=str(self.repository), limits=Limits())
            self.last = pipeline.assess(request, self.criteria).report

    def verifier(self, *words: str, inside: Path | None = None, **environment: str) -> None:
        """The command, in a process of its own, with another `verifier/inside` where one is given.

        Raises SystemExit where it could not do its work.
        """
        paths = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
        paths["PYTHONDONTWRITEBYTECODE"] = ""  # compiled once, as an installed command is
        argv = [sys.executable, "-m", "support.prepared", str(self.file), str(inside or ""), *words]
        done = subprocess.run(argv, env=os.environ | paths | environment, capture_output=True, check=False)
        if done.returncode not in (0, 1, 3):
            raise SystemExit(f"{' '.join(words)}: {done.returncode}\n{done.stderr.decode()[-2000:]}")


@contextmanager
def found_built(built: CheckResult, folder: Path) -> Iterator[None]:
    """Lets an assessment find the environment already built."""

    def found(run: pipeline._Run) -> CheckResult:
        now = {one.name: getattr(run._places, one.name) for one in fields(run._places)}
        run._places = Shared(**now, shared=folder)
        return built

    original = pipeline._Run._environment
    pipeline._Run._environment = found  # type: ignore[method-assign]
    try:
        yield
    finally:
        pipeline._Run._environment = original  # type: ignore[method-assign]


@contextmanager
def prepared(repository: Path, folder: Path, *, build: bool = True) -> Iterator[Prepared]:
    folder.mkdir()
    with checkout(Request(where=str(repository), limits=Limits()), workspace=folder) as tree:
        yield Prepared(repository, folder, tree, build=build)


def main(file: str, inside: str, *words: str) -> int:
    from verifier.cli import main as verifier

    if inside:
        runner.__file__ = str(Path(inside).with_name("runner.py"))
    with found_built(*pickle.loads(Path(file).read_bytes())):  # noqa: S301 - this process's parent wrote it
        return verifier(list(words))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
