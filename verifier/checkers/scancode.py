"""scancode-toolkit: which licences the files of a delivery carry, and so the licence of the whole.

`licence.project` comes from the texts of the licence files, read together with what metadata says
(verifier.licence_project); where the parts do not fit together is found in verifier.licence_findings, the code of others
in verifier.licence_others.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from verifier.checker import APART, INSIDE, OUT, TREE, Command, Settings, ToolOutput
from verifier.licence import joined
from verifier.licence_claims import Claim, claim, declared
from verifier.licence_detected import Detected, Match, detected, header, text_of
from verifier.licence_findings import DENIAL, Declaration, Licences, altered, findings
from verifier.licence_folders import folders
from verifier.licence_others import Piece, pieces
from verifier.licence_others import findings as inventory
from verifier.licence_project import ProjectLicence, is_licence_file, project_licence
from verifier.licence_stated import denying
from verifier.model import Checkout, File, Finding, Measure, NotExamined, Observations, Role, Skip
from verifier.retold import retold
from verifier.scope import LINK
from verifier.words import joined as joined_words
from verifier.words import say

ANSWER = "scancode.json"
FILE_SECONDS = 600
"""A file that takes longer is not examined. 0.3 MB of dense licence text takes about 60 CPU-seconds (measured)."""
OPTIONS = (
    *("--license", "--copyright", "--info", "--strip-root", "--quiet", "--no-check-version"),
    *("--max-in-memory", "0", "--timeout", str(FILE_SECONDS)),
)
"""`--info` tells which files scancode takes for pictures or archives and does not read."""
BASE_SECONDS = 900
MOST_WORDS = 190
"""Characters of what scancode says of a file."""
MEMORY_MB = 6144
"""The index takes 1.4 GB in each of up to three processes; they share it, which a sum of resident memory does not show."""


class Scancode:
    """Three steps: metadata and headers, REUSE's declarations where the tree has any, detection."""

    name: ClassVar[str] = "scancode"
    topic: ClassVar[str] = "licence"
    tool: ClassVar[str] = "scancode-toolkit-mini"
    languages: ClassVar[frozenset[str]] = frozenset()
    environment: ClassVar[bool] = False
    optional: ClassVar[bool] = False

    def steps(self, checkout: Checkout, settings: Settings) -> Sequence[Command]:  # noqa: ARG002 - the interface's
        """No detection where nothing was delivered."""
        steps = [
            Command(name="metadata", argv=("python", "-I", f"{INSIDE}/licence_metadata.py", TREE), repeatable=True)
        ]
        if any(_declares(file.path) for file in checkout.files):
            steps.append(Command(name="reuse", argv=("python", "-I", f"{INSIDE}/run_reuse.py", TREE), repeatable=True))
        if checkout.files:
            argv = ("python", "-I", f"{INSIDE}/run_scancode.py", f"{OUT}/{ANSWER}", *APART, *OPTIONS, TREE)
            seconds = BASE_SECONDS + 2 * len(checkout.files)
            ok = frozenset(
                {0, 1}
            )  # 1: a file failed, and its entry says so (scancode/cli.py: `rc = 0 if success else 1`)
            targets = [[file.path] for file in checkout.files if file.mode != LINK]
            steps.append(
                Command(
                    name="scan",
                    argv=argv,
                    stdin=json.dumps(targets).encode("ascii"),
                    produces=(ANSWER,),
                    ok=ok,
                    seconds=seconds,
                    memory_mb=MEMORY_MB,
                    repeatable=True,
                    apart=True,
                )
            )
        return steps

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        """Raises ValueError where an answer cannot be read."""
        given = {output.command.name: output for output in outputs}
        metadata = json.loads(given["metadata"].stdout)
        entries = _entries(given["scan"]) if "scan" in given else {}
        headers = _headers(metadata)
        skipped = {file.path: one for file in checkout.files if (one := _not_examined(file, entries.get(file.path)))}
        read = [path for path in sorted(entries) if path not in skipped]
        files = {path: detected(entries[path], headers.get(path, ())) for path in read}
        seen = _licences(checkout, files, _claims(metadata), _declarations(given.get("reuse")))
        said = {path: entries[path].get("stated", ()) for path in read}
        seen = replace(seen, documents=denying(said, files, seen.project.expression))
        others = _others(checkout, files, seen, metadata["authors"])
        failed = [path for path, one in skipped.items() if is_licence_file(path) and one.skip is Skip.TOOL]
        found = tuple(findings(seen))
        return Observations(
            findings=(*found, *inventory(others)),
            measures=(*(() if failed else _project(seen.project, found)), *_measures(files, seen.claims)),
            examined=frozenset(file.path for file in checkout.files if file.path in files),
            not_examined=tuple(skipped.values()),
            notes=_notes(metadata, failed),
        )


def _declares(path: str) -> bool:
    return path.endswith((".license", "REUSE.toml")) or path == ".reuse/dep5"


def _entries(output: ToolOutput) -> dict[str, dict[str, Any]]:
    if ANSWER not in output.files:
        raise ValueError("scancode left no answer")
    answer = json.loads(output.files[ANSWER])
    return {str(entry["path"]): entry for entry in answer["files"] if entry["type"] == "file"}


def _claims(metadata: Mapping[str, Any]) -> tuple[Claim, ...]:
    read = (claim(one["path"], one["kind"], one["words"], one["line"]) for one in metadata["claims"])
    return tuple(one for one in read if one)


def _headers(metadata: Mapping[str, Any]) -> dict[str, list[Match]]:
    found: dict[str, list[Match]] = {}
    for one in metadata["headers"]:
        if match := header(one["words"], one["line"]):
            found.setdefault(one["path"], []).append(match)
    return found


def _declarations(output: ToolOutput | None) -> dict[str, Declaration]:
    """What REUSE declares for files from outside them; nothing where reuse cannot read its configuration."""
    answer = json.loads(output.stdout) if output else {}
    found = {}
    for entry in answer.get("files", ()):
        outside = [one for one in entry["spdx_expressions"] if one["source_type"] != "file-header"]
        if outside:
            expression = joined(str(one["value"]) for one in outside)
            found[str(entry["path"])] = Declaration(expression=expression, source=str(outside[0]["source"]))
    return found


def _not_examined(file: File, entry: Mapping[str, Any] | None) -> NotExamined | None:
    """Why a file was not looked into; None where it was. A link has no content of its own."""
    if file.mode == LINK:
        return None
    if entry is None:
        return NotExamined(
            path=file.path, skip=Skip.TOOL, reason=say("{checker} did not report it", checker="scancode")
        )
    if entry["scan_errors"]:
        said = str(entry["scan_errors"][0]).strip().splitlines()[-1].strip()
        words = say("{tool}: {words}", tool="scancode", words=said[:MOST_WORDS])
        return NotExamined(path=file.path, skip=Skip.TOOL, reason=words)
    if entry.get("beyond", {}) is None:
        reason = say("comparing it with the texts of licences took too long")
        return NotExamined(path=file.path, skip=Skip.TOOL, reason=reason)
    if (entry["is_media"] and not file.path.lower().endswith(".svg")) or entry["is_archive"]:
        reason = say("{checker} does not read {what}", checker="scancode", what=entry["mime_type"])
        return NotExamined(path=file.path, skip=Skip.NOT_TEXT, reason=reason)
    return None


def _licences(
    checkout: Checkout,
    files: Mapping[str, Detected],
    claims: tuple[Claim, ...],
    reuse: Mapping[str, Declaration],
) -> Licences:
    texts = [text_of(file) for path, file in files.items() if is_licence_file(path)]
    sources = [files[file.path] for file in checkout.files if file.path in files and _is_source(file)]
    notices = [match.expression for file in sources for match in file.said]
    project = project_licence(texts, claims, notices)
    nested = folders(files, [file.path for file in sources])
    return Licences(project=project, claims=claims, sources=sources, reuse=reuse, folders=nested)


def _others(checkout: Checkout, files: Mapping[str, Detected], seen: Licences, authors: Sequence[str]) -> list[Piece]:
    """The code of others, in documentation and examples too; that of tests is theirs alone."""
    delivered = [file.path for file in checkout.files if file.source and file.role is not Role.TESTS]
    sources = [files[path] for path in delivered if path in files and not is_licence_file(posixpath.basename(path))]
    texts = [file for path, file in files.items() if is_licence_file(posixpath.basename(path))]
    return pieces(sources, seen.folders, texts, authors, seen.project.expression)


def _is_source(file: File) -> bool:
    return file.source and file.role is Role.SOURCE and not is_licence_file(file.path)


def _project(project: ProjectLicence, found: Sequence[Finding]) -> tuple[Measure, ...]:
    """The licence, and whether something in the delivery takes it back, which leaves it open.

    Where a file of that name only names one, which licence, and in its detail the file.
    """
    doubt = altered(project) or next((one.message for one in found if one.rule == DENIAL), None)
    whole = Measure(
        name="licence.project",
        value=project.expression,
        unit="expression",
        detail=doubt or project.detail,
        partial=doubt is not None,
    )
    if project.naming is None:
        return (whole,)
    first, path = project.naming.names[0], project.naming.path
    return (whole, Measure(name="licence.named", value=first, unit="expression", detail=path))


def _measures(files: Mapping[str, Detected], claims: Sequence[Claim]) -> tuple[Measure, ...]:
    said = joined_words(say("; "), [say("{path}: {words}", path=one.path, words=one.words) for one in claims])
    return (
        Measure(name="licence.files.detected", value=sum(file.any for file in files.values())),
        Measure(name="licence.metadata", value=declared(claims), unit="expression", detail=said),
    )


def _notes(metadata: Mapping[str, Any], failed: Sequence[str]) -> tuple[str, ...]:
    return (
        *(
            say("{path} could not be read for its licence: {reason}", path=one["path"], reason=retold(one["reason"]))
            for one in metadata["unreadable"]
        ),
        *(say("{path} could not be examined, so the project's licence is not known.", path=path) for path in failed),
    )
