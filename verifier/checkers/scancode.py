"""scancode-toolkit: which licences the files of a delivery carry, and so the licence of the whole.

`licence.project` comes from the licence files' texts, read together with what metadata says (verifier.licence_project);
findings compare the parts with the whole and the declared with the detected.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from verifier.checker import INSIDE, OUT, TREE, Command, ToolOutput
from verifier.licence import joined, permissive, recognised, strong_copyleft, within
from verifier.licence_claims import Claim, claim, declared
from verifier.licence_detected import Detected, Match, detected, notices_of, text_of
from verifier.licence_project import ProjectLicence, conflicts, is_licence_file, project_licence
from verifier.model import Checkout, File, Finding, Measure, NotExamined, Observations, Role, Skip
from verifier.scope import LINK, SOURCE_LANGUAGES

ANSWER = "scancode.json"
FILE_SECONDS = 600
"""A file that takes longer is not examined. 1 MB of dense licence text takes about 60 (measured)."""
OPTIONS = (
    *("--license", "--info", "--strip-root", "--quiet", "--no-check-version"),
    *("--processes", "2", "--max-in-memory", "0", "--timeout", str(FILE_SECONDS)),
)
"""`--info` tells which files scancode takes for pictures or archives and does not read."""
BASE_SECONDS = 900
MEMORY_MB = 6144
"""The index takes 1.4 GB in each of three processes; they share it, which a sum of resident memory does not show."""
NPM_DEFAULT = "ISC"
"""What `npm init` writes when nobody chooses (https://docs.npmjs.com/cli/v11/using-npm/config#init-license)."""


class Scancode:
    """Three steps: metadata, REUSE's declarations where the tree has any, detection."""

    name: ClassVar[str] = "scancode"
    topic: ClassVar[str] = "licence"
    tool: ClassVar[str] = "scancode-toolkit-mini"
    languages: ClassVar[frozenset[str]] = frozenset()
    environment: ClassVar[bool] = False
    optional: ClassVar[bool] = False

    def steps(self, checkout: Checkout) -> Sequence[Command]:
        """No detection where nothing was delivered."""
        steps = [Command(name="metadata", argv=("python", "-I", f"{INSIDE}/licence_metadata.py", TREE), seconds=60)]
        if any(_declares(file.path) for file in checkout.files):
            steps.append(Command(name="reuse", argv=("python", "-I", f"{INSIDE}/run_reuse.py", TREE)))
        if checkout.files:
            argv = ("python", "-I", f"{INSIDE}/run_scancode.py", f"{OUT}/{ANSWER}", *OPTIONS, TREE)
            seconds = BASE_SECONDS + 2 * len(checkout.files)
            ok = frozenset(
                {0, 1}
            )  # 1: some file failed, and its entry says so (scancode/cli.py, `rc = 0 if success else 1`)
            steps.append(
                Command(name="scan", argv=argv, produces=(ANSWER,), ok=ok, seconds=seconds, memory_mb=MEMORY_MB)
            )
        return steps

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        """Raises ValueError where an answer cannot be read."""
        given = {output.command.name: output for output in outputs}
        metadata = json.loads(given["metadata"].stdout)
        entries = json.loads(given["scan"].files[ANSWER])["files"] if "scan" in given else []
        return _observed(
            checkout, _claims(metadata), _declared_by_reuse(given.get("reuse")), entries, metadata["unreadable"]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Everything that findings need: the project's licence, the files that count, and what REUSE declares for them."""

    project: ProjectLicence
    sources: tuple[Detected, ...]
    reuse: Mapping[str, tuple[str, str]]


def _declares(path: str) -> bool:
    return path.endswith((".license", "REUSE.toml")) or path == ".reuse/dep5"


def _claims(metadata: Mapping[str, Any]) -> tuple[Claim, ...]:
    read = (claim(one["path"], one["kind"], one["words"], one["line"]) for one in metadata["claims"])
    return tuple(one for one in read if one)


def _declared_by_reuse(output: ToolOutput | None) -> dict[str, tuple[str, str]]:
    """Path to the expression declared for it outside the file, and the file that declares it."""
    answer = json.loads(output.stdout) if output else {}
    found = {}
    for entry in answer.get("files", ()):
        outside = [one for one in entry["spdx_expressions"] if one["source_type"] != "file-header"]
        if outside:
            found[entry["path"]] = (joined(one["value"] for one in outside), outside[0]["source"])
    return found


def _observed(
    checkout: Checkout,
    claims: tuple[Claim, ...],
    reuse: Mapping[str, tuple[str, str]],
    entries: Sequence[Mapping[str, Any]],
    unreadable: Sequence[Mapping[str, str]],
) -> Observations:
    answered = {str(entry["path"]): entry for entry in entries if entry["type"] == "file"}
    skipped = tuple(one for file in checkout.files if (one := _not_examined(file, answered.get(file.path))))
    unseen = {one.path for one in skipped}
    files = {path: detected(entry) for path, entry in answered.items() if path not in unseen}
    sources = tuple(files[file.path] for file in checkout.files if file.path in files and _is_source(file))
    texts = [text_of(file) for path, file in sorted(files.items()) if is_licence_file(path)]
    seen = _Seen(project=project_licence(texts, claims, notices_of(sources)), sources=sources, reuse=reuse)
    failed = sorted(path for path in unseen if is_licence_file(path) and answered.get(path, {}).get("scan_errors"))
    return Observations(
        findings=(*_conflicting(seen, claims), *_in_files(seen)),
        measures=(*(() if failed else (_project(seen.project),)), *_measures(files, claims)),
        examined=frozenset(file.path for file in checkout.files if file.path in files),
        not_examined=skipped,
        notes=(
            *(f"{one['path']} could not be read for its licence: {one['reason']}" for one in unreadable),
            *(f"{path} could not be examined, so the project's licence is not known" for path in failed),
        ),
    )


def _not_examined(file: File, entry: Mapping[str, Any] | None) -> NotExamined | None:
    """Why a file was not looked into. A link has no content of its own; an empty file has none either."""
    if file.mode == LINK:
        return None
    if entry is None:
        return NotExamined(path=file.path, skip=Skip.TOOL, reason="scancode did not report it")
    if entry["scan_errors"]:
        lines = str(entry["scan_errors"][0]).strip().splitlines()
        return NotExamined(path=file.path, skip=Skip.TOOL, reason=f"scancode: {lines[-1].strip()}"[:200])
    if (entry["is_media"] and not file.path.lower().endswith(".svg")) or entry["is_archive"]:
        return NotExamined(
            path=file.path, skip=Skip.NOT_TEXT, reason=f"{entry['mime_type']}: scancode does not read it"
        )
    return None


def _is_source(file: File) -> bool:
    return file.role is Role.SOURCE and file.language in SOURCE_LANGUAGES and not is_licence_file(file.path)


def _project(project: ProjectLicence) -> Measure:
    return Measure(name="licence.project", value=project.expression, unit="expression", detail=project.detail)


def _measures(files: Mapping[str, Detected], claims: Sequence[Claim]) -> tuple[Measure, ...]:
    said = "; ".join(f"{one.path}: {one.words}" for one in claims)
    return (
        Measure(name="licence.files.detected", value=sum(file.any for file in files.values())),
        Measure(name="licence.metadata", value=declared(claims), unit="expression", detail=said),
    )


def _conflicting(seen: _Seen, claims: Sequence[Claim]) -> Iterator[Finding]:
    project = seen.project
    for one in conflicts(project, claims):
        files = ", ".join(project.files)
        default = one.path == "package.json" and one.words == NPM_DEFAULT
        yield Finding(
            rule="scancode:licence-conflict",
            message=f"{one.path} says {one.words!r}, {files} says {project.expression}: users cannot know which holds.",
            path=one.path,
            line=one.line,
            severity="error",
            confidence="low" if default else "high",
            help="Let the metadata name the licence of the licence file.",
        )


def _in_files(seen: _Seen) -> Iterator[Finding]:
    for file in seen.sources:
        foreign = _copyleft(seen, file)
        if foreign:
            yield foreign
        yield from _differing(seen, file)
        if not foreign:
            yield from _undeclared(seen, file)


def _copyleft(seen: _Seen, file: Detected) -> Finding | None:
    match = file.copyleft
    if match is None or not permissive(seen.project.expression):
        return None
    says = f"The file says {match.expression}, the project {seen.project.expression}"
    sure = "high" if file.sure(match) else "low"
    message = f"{says}: the whole cannot be given on as that."
    return _finding("copyleft-in-permissive", file, match, message, severity="error", confidence=sure)


def _differing(seen: _Seen, file: Detected) -> Iterator[Finding]:
    """Declared for the file, by its header or by REUSE, against the text or notice in it; at most one a file."""
    header = file.declared
    outside, source = seen.reuse.get(file.path, ("", ""))
    for expression, where, matches in (
        (outside, source, file.matches),
        (header, "its SPDX header", file.notices),
    ):
        counted = (match for match in matches if match.tag or match.notice)
        other = next((match for match in counted if not within(match.expression, expression or match.expression)), None)
        if expression and other:
            grave = strong_copyleft(other.expression) and permissive(expression)
            message = f"{where} declares {expression}, the file itself says {other.expression}."
            yield _finding("declared-differs", file, other, message, severity="warning" if grave else "note")
            return


def _undeclared(seen: _Seen, file: Detected) -> Iterator[Finding]:
    if not recognised(seen.project.expression) or file.declared or file.path in seen.reuse:
        return
    other = next((one for one in file.notices if not within(one.expression, seen.project.expression)), None)
    if other:
        carries = f"The file carries {other.expression}, the project {seen.project.expression}"
        message = f"{carries}; no header or REUSE entry says so."
        yield _finding("undeclared-licence", file, other, message)


def _finding(
    rule: str, file: Detected, match: Match, message: str, *, severity: str = "note", confidence: str = "high"
) -> Finding:
    return Finding(
        rule=f"scancode:{rule}",
        message=message,
        path=file.path,
        line=match.line,
        end_line=match.end_line,
        severity=severity,
        confidence=confidence,
    )
