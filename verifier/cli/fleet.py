"""What the commands for many machines share: where the queue and the store are, and how a submission is assessed."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.errors import UsageError
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.fleet.store import Store
    from verifier.fleet.submission import Submission

QUEUE, STORE = "VERIFIER_QUEUE", "VERIFIER_STORE"


def add_queue(command: argparse._ActionsContainer, tr: Translate) -> None:
    told = tr("the queue's database, as postgresql://HOST/NAME (default: ${variable})", variable=QUEUE)
    command.add_argument("--queue", metavar=tr("URL"), default=os.environ.get(QUEUE), help=told)


def add_store(command: argparse._ActionsContainer, tr: Translate) -> None:
    told = tr("the folder where workers leave reports (default: ${variable})", variable=STORE)
    command.add_argument("--store", type=Path, metavar=tr("FOLDER"), default=os.environ.get(STORE), help=told)


def queue(arguments: argparse.Namespace) -> str:
    """Raises UsageError where nobody said, and where what it needs is not installed."""
    if not arguments.queue:
        raise UsageError(say("Give --queue or ${variable}, the queue's database.", variable=QUEUE))
    needed()
    return str(arguments.queue)


def needed() -> None:
    """Raises UsageError where what many machines need is not installed."""
    try:
        import procrastinate  # noqa: F401
        import prometheus_client  # noqa: F401
        import psycopg  # noqa: F401
    except ImportError as error:
        raise UsageError(say("Many machines need more: pip install delivery-verifier[fleet].")) from error


def store(arguments: argparse.Namespace) -> Store:
    from verifier.fleet.store import Store

    if not arguments.store:
        raise UsageError(say("Give --store or ${variable}, the folder where workers leave reports.", variable=STORE))
    return Store.at(Path(arguments.store))


def assess(
    submission: Submission, folder: Path, *, words: Sequence[str] = (), hub: Path | None = None
) -> dict[str, Any]:
    """Writes the report's folder as `verifier assess` does; `words` are what this machine adds to the command line.

    Gives what is worth a line in the log. Raises what `verifier assess` raises.
    """
    from hashlib import sha256

    from verifier.cli import caching, documents, read
    from verifier.cli.assess import asked
    from verifier.report import to_dict
    from verifier.workspace import workspace

    with workspace() as place:
        options = laid_out(submission, place)
        digest = ("--criteria-digest", submission.criteria)
        arguments = read(["assess", submission.delivery, *options, *digest, *words], "en")
        notes: list[str] = []
        cache = caching.opened(arguments, lambda why: notes.append(why.en))
        found = asked(arguments)(cache=cache, hub=hub)
    files = documents.folder(to_dict(found.report), found.evidence)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    report = sha256(files["report.json"]).hexdigest()
    told = {"verdict": found.report.judgement.verdict.value, "kind": found.report.kind.value, "report": report}
    return told | ({"notes": notes} if notes else {})


def laid_out(submission: Submission, place: Path) -> list[str]:
    """Writes the files of a submission; its options, with where those files lie now."""
    for name, text in submission.files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    named = {name.partition("/")[0] for name in submission.files}
    return [str(place / word) if word in named else word for word in submission.options]
