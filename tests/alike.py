"""Assesses real projects with and without cache, shortcuts and hosts, and compares what came of it but for clocks: byte for byte.

    make alike                              # eleven projects: half an hour on two cores
    make alike ARGS="itsdangerous tinydb"

Each is assessed anew; with an empty cache; with what that left in it; by tools that are kept loaded, for all projects one after
the other; and with scancode's own functions in the place of our shortcuts. After a change of one file in twenty it is assessed
anew, and with the cache of before. Compared are the report without its clocks and the cache's marks, and every file of evidence.
Tests are left out: nothing that runs delivered code is kept.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from bench import STATIC
from support.alone import change
from support.prepared import ROOT, Prepared, found_built, prepared
from support.sdists import PROJECTS, delivered, git
from test_assess import without_clock

from verifier.cli import fleet, read
from verifier.cli.submit import submission
from verifier.sandbox import kept

ELEVEN = {
    **PROJECTS,
    "blinker": "1.9.0",
    "cachetools": "5.5.2",
    "iniconfig": "2.1.0",
    "tinydb": "4.8.2",
    "uvicorn": "0.34.0",
    "xmltodict": "0.13.0",
}
SHORTCUTS = ("scancode_automaton", "scancode_copyrights", "scancode_plugins", "scancode_shortcuts")
NONE = "".join(f"\n\ndef {name}(*_):\n    pass\n" for name in ("install", "prepare", "settle"))
"""Put after what is there."""
ALONE = "ALONE_FILES, ALONE_BYTES = 30,"
"""Where it stands how many files one process reads."""

Left = Mapping[str, bytes]


def left(report: Path) -> Left:
    """Name -> content of all that an assessment left, but for what its clock and the cache say."""
    document = without_clock(json.loads((report / "report.json").read_bytes()))
    evidence = {str(path.relative_to(report)): path for path in (report / "evidence").rglob("*") if path.is_file()}
    whole = json.dumps(document, indent=1, sort_keys=True).encode()
    return {"report.json": whole} | {name: path.read_bytes() for name, path in evidence.items()}


def without_shortcuts(folder: Path) -> Path:
    """What runs inside the sandbox, with scancode left as it is."""
    inside = folder / "package" / "inside"
    shutil.copytree(ROOT / "verifier" / "inside", inside)
    for name in SHORTCUTS:
        with (inside / f"{name}.py").open("a", encoding="utf-8") as module:
            module.write(NONE)
    script = inside / "run_scancode.py"
    text = script.read_text("utf-8")
    assert ALONE in text
    script.write_text(text.replace(ALONE, ALONE.replace("30", "-1")), "utf-8")
    return inside


class Project:
    """One delivery, assessed again and again."""

    def __init__(self, one: Prepared, folder: Path) -> None:
        self._one, self._folder, self._number = one, folder, 0

    def assessed(self, *words: str, marked: str = "", inside: Path | None = None) -> Left:
        """`marked`: how much of a checker's answer came from the cache, as at least one says, and each where it is `all`."""
        self._number += 1
        report = self._folder / f"report-{self._number}"
        kept = {"XDG_CACHE_HOME": str(self._folder / "home"), "VERIFIER_NO_CACHE": ""}
        typed = ("assess", str(self._one.repository), *STATIC, *words, "--output", f"folder={report}")
        self._one.verifier(*typed, inside=inside, **kept)
        checkers = json.loads((report / "report.json").read_bytes())["checkers"]
        marks = {one.get("cached", "") for one in checkers if one["name"] != "environment"}
        assert marks == {marked} or (marked == "part" and marked in marks), marks
        return left(report)

    def hosted(self, hub: Path) -> Left:
        """By a worker's tools."""
        report = self._folder / "report-hosted"
        report.mkdir()
        made = submission(read(["submit", str(self._one.repository)], "en"))
        with found_built(self._one.built, self._one.folder):
            fleet.assess(replace(made, options=(*made.options, *STATIC)), report, words=("--no-cache",), hub=hub)
        return left(report)

    def pairs(self, hub: Path) -> Iterator[tuple[str, Left, Left]]:
        """(what is compared, the one, the other)."""
        anew = self.assessed("--no-cache")
        yield "an empty cache", anew, self.assessed()
        yield "a full cache", anew, self.assessed(marked="all")
        yield "tools that are kept loaded", anew, self.hosted(hub)
        inside = without_shortcuts(self._folder)
        yield "without shortcuts", anew, self.assessed("--no-cache", inside=inside)
        change(self._one.repository)
        git(self._one.repository, "commit", "-q", "-a", "-m", "change")
        yield "a change", self.assessed("--no-cache"), self.assessed(marked="part")


def alike(name: str, hub: Path) -> bool:
    begun, good = time.monotonic(), True
    with tempfile.TemporaryDirectory(prefix="alike-") as scratch:
        folder = Path(scratch)
        with prepared(delivered(name, folder, ELEVEN[name]), folder / "prepared", build=False) as one:
            for what, first, second in Project(one, folder).pairs(hub):
                other = sorted(path for path in {*first, *second} if first.get(path) != second.get(path))
                print(f"  {'✗' if other else '✓'} {what}: {', '.join(other) or 'the same'}", flush=True)
                good &= not other
    print(f"{name} {ELEVEN[name]}: {'alike' if good else 'not alike'}, {time.monotonic() - begun:.0f} s", flush=True)
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("projects", nargs="*", default=list(ELEVEN), metavar="PROJECT", help=", ".join(ELEVEN))
    projects = parser.parse_args().projects
    with kept() as hub:
        told = [alike(name, hub) for name in projects]  # each, also after one that is not
    print(f"{sum(told)} of {len(told)} projects alike")
    return 0 if all(told) else 1


if __name__ == "__main__":
    sys.exit(main())
