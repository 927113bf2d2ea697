"""One job: assesses by `verifier assess` itself, then writes what the job shows and hands on.

What is printed meanwhile may quote the delivery. It is inert by itself, and the runner is told to take none from it.
Commands and files: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from verifier import cli
from verifier.action.inputs import Inputs, read
from verifier.cli.documents import rendered
from verifier.errors import VerifierError
from verifier.render.inert import inert
from verifier.rulebook import rules_dir
from verifier.rulebook.merge import profile_names
from verifier.words import said, say


def main(given: Mapping[str, str]) -> int:
    """0, since a later step of the action fails the job, once everything is posted; 1 where an official run became none."""
    try:
        inputs = read(given, profiles=frozenset(profile_names(rules_dir())), workspace=given["GITHUB_WORKSPACE"])
    except VerifierError as error:
        _error(error.in_language(given.get("INPUT_LANGUAGE", "") if given.get("INPUT_LANGUAGE") == "fr" else "en"))
        _hand_on(given, {"fails": "true"})
        return 0
    outputs = _job(inputs, given)
    _hand_on(given, outputs)
    if inputs.official and outputs.get("kind") != "official":
        _error(said(say("This was to be the official assessment, and it is none."), inputs.language))
        return 1
    return 0


def _job(inputs: Inputs, given: Mapping[str, str]) -> dict[str, str]:
    """The outputs of the step."""
    folder = Path(inputs.folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    sarif = folder.with_name(f"{folder.name}.sarif")
    documents = ("text=-", f"folder={folder}", f"sarif={sarif}")
    asked = [f"--output={one}" for one in documents]
    with _inert(), _within(inputs.minutes):
        code, wrong = cli.ended(["assess", inputs.delivery, *inputs.options, *asked], inputs.language)
    if wrong:
        _error(_late(inputs) if code == cli.INTERRUPTED else wrong)
        verdict = "" if code == 2 else "inconclusive"
        return {"verdict": verdict, "fails": _word(not verdict or verdict in inputs.fails)}
    return _shown(inputs, given, folder, sarif)


def _shown(inputs: Inputs, given: Mapping[str, str], folder: Path, sarif: Path) -> dict[str, str]:
    content = (folder / "report.json").read_bytes()
    document = json.loads(content)
    if inputs.annotations:
        sys.stdout.write(str(rendered(document, "annotations", inputs.language)))
    _append(given, "GITHUB_STEP_SUMMARY", str(rendered(document, "job-summary", inputs.language)))
    musts = [outcome for outcome in document["outcomes"] if outcome["level"] == "must"]
    score = document["score"] or {}
    return {
        "verdict": document["verdict"],
        "kind": document["kind"],
        "score": str(score.get("value", "")),
        "unmet": str(sum(outcome["outcome"] == "unmet" for outcome in musts)),
        "report-path": str(folder / "report.json"),
        "report-sha256": hashlib.sha256(content).hexdigest(),
        "sarif-path": str(sarif),
        "post": " ".join(inputs.posts),
        "fails": _word(document["verdict"] in inputs.fails),
    }


def _late(inputs: Inputs) -> str:
    return said(say("The assessment was not done after {n} minutes.", n=inputs.minutes), inputs.language)


def _word(value: bool) -> str:
    return "true" if value else "false"


@contextmanager
def _inert() -> Iterator[None]:
    """The runner takes no workflow command until it reads a word that nobody can know beforehand."""
    word = secrets.token_hex(16)
    _command(f"::stop-commands::{word}")
    try:
        yield
    finally:
        _command(f"\n::{word}::")


@contextmanager
def _within(minutes: int) -> Iterator[None]:
    """Interrupts this process, as a person would, when the time is up."""
    timer = threading.Timer(minutes * 60, os.kill, (os.getpid(), signal.SIGINT))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _command(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _error(sentence: str) -> None:
    _command(f"::error title=verifier::{inert(sentence).replace('%', '%25')}")


def _hand_on(given: Mapping[str, str], outputs: Mapping[str, str]) -> None:
    """Each of ours is a word, a number, a digest or a path without a line break."""
    _append(given, "GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in outputs.items()))


def _append(given: Mapping[str, str], name: str, text: str) -> None:
    with Path(given[name]).open("a", encoding="utf-8", errors="backslashreplace") as handle:
        handle.write(text)


if __name__ == "__main__":
    sys.exit(main(os.environ))
