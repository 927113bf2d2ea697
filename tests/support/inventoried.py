"""Runs the inventory script on a folder, as the sandbox would, and builds the checkout that goes with it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from support.translated import english_alone

from verifier.checker import Settings, ToolOutput
from verifier.checkers.source import Source
from verifier.inventory import Inventory
from verifier.model import Checkout, Delivery, File, Observations

SCRIPT = Path(__file__).parents[2] / "verifier" / "inside" / "inventory.py"
DELIVERY = Delivery(url="https://example.org/labels.git", commit="0" * 40, tree="0" * 40, manifest="0" * 64)


def answer(folder: Path) -> bytes:
    """The script's stdout; fails the test when the script fails or complains."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT)], cwd=folder, env=environment, capture_output=True, timeout=300, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def inventory(folder: Path) -> Inventory:
    return Inventory.from_bytes(answer(folder))


def checkout(folder: Path) -> Checkout:
    paths = sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
    return Checkout(delivery=DELIVERY, root=folder, files=tuple(_file(folder, path) for path in paths))


def observations(folder: Path, tree: Checkout | None = None) -> Observations:
    """What the checker makes of the folder."""
    tree = tree or checkout(folder)
    checker = Source()
    (command,) = checker.steps(tree, Settings())
    output = ToolOutput(command=command, exit_code=0, stdout=answer(folder), stderr=b"", files={})
    seen = checker.parse(tree, [output])
    assert english_alone(seen) == []
    return seen


def _file(folder: Path, path: Path) -> File:
    content = os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
    return File(
        path=path.relative_to(folder).as_posix(),
        mode="120000" if path.is_symlink() else "100644",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
