"""Where a delivery's licences do not fit together: the parts with the whole, the declared with the detected. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier.licence import permissive, recognised, strong_copyleft, within
from verifier.licence_claims import Claim
from verifier.licence_detected import Detected, Match
from verifier.licence_project import ProjectLicence, conflicts
from verifier.model import Finding
from verifier.words import say

NPM_DEFAULT = "ISC"
"""What `npm init` writes when nobody chooses (https://docs.npmjs.com/cli/v11/using-npm/config#init-license)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What REUSE declares for a file from outside it, and the file that does so (REUSE.toml, a `.license` file)."""

    expression: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Licences:
    """All that was seen: the whole's licence, metadata's claims, the source files, REUSE's declarations by path."""

    project: ProjectLicence
    claims: Sequence[Claim]
    sources: Sequence[Detected]
    reuse: Mapping[str, Declaration]


def findings(seen: Licences) -> Iterator[Finding]:
    """Conflicts of the whole first, then file by file; of each rule at most one a file."""
    for claim in conflicts(seen.project, seen.claims):
        yield _conflict(seen.project, claim)
    for file in seen.sources:
        foreign = _copyleft(seen, file)
        found = (foreign, _differing(seen, file), None if foreign else _undeclared(seen, file))
        yield from (one for one in found if one)


def _conflict(project: ProjectLicence, claim: Claim) -> Finding:
    files = ", ".join(project.files)
    by_default = claim.path == "package.json" and claim.words == NPM_DEFAULT
    return Finding(
        rule="scancode:licence-conflict",
        message=say(
            "{path} says {words}, {files} says {licence}: users cannot know which holds.",
            path=claim.path,
            words=repr(claim.words),
            files=files,
            licence=project.expression,
        ),
        path=claim.path,
        line=claim.line,
        severity="error",
        confidence="low" if by_default else "high",
        help=say("Let the metadata name the licence of the licence file."),
    )


def _copyleft(seen: Licences, file: Detected) -> Finding | None:
    match = file.copyleft
    if match is None or not permissive(seen.project.expression):
        return None
    return Finding(
        rule="scancode:copyleft-in-permissive",
        message=say(
            "The file says {licence}, the project {project}: the whole cannot be passed on as {project}.",
            licence=match.expression,
            project=seen.project.expression,
        ),
        path=file.path,
        line=match.line,
        end_line=match.end_line,
        severity="error",
        confidence="high" if file.sure(match) else "low",
        help=say("Replace the file, or license the project under terms that allow it."),
    )


def _differing(seen: Licences, file: Detected) -> Finding | None:
    outside = seen.reuse.get(file.path)
    if outside and (other := _beyond(file.said, outside.expression)):
        return _differs(file, other, outside.expression, outside.source)
    if file.declared and (other := _beyond(file.notices, file.declared)):
        return _differs(file, other, file.declared, say("Its SPDX header"))
    return None


def _differs(file: Detected, other: Match, declared: str, where: str) -> Finding:
    grave = strong_copyleft(other.expression) and permissive(declared)
    return Finding(
        rule="scancode:declared-differs",
        message=say(
            "{place} declares {declared}, the file itself says {licence}.",
            place=where,
            declared=declared,
            licence=other.expression,
        ),
        path=file.path,
        line=other.line,
        end_line=other.end_line,
        severity="warning" if grave else "note",
    )


def _undeclared(seen: Licences, file: Detected) -> Finding | None:
    if not recognised(seen.project.expression) or file.declared or file.path in seen.reuse:
        return None
    other = _beyond(file.notices, seen.project.expression)
    if other is None:
        return None
    return Finding(
        rule="scancode:undeclared-licence",
        message=say(
            "The file carries {licence}, the project {project}; no SPDX header or REUSE entry says so.",
            licence=other.expression,
            project=seen.project.expression,
        ),
        path=file.path,
        line=other.line,
        end_line=other.end_line,
    )


def _beyond(matches: Sequence[Match], expression: str) -> Match | None:
    """The first match whose terms the expression does not give."""
    return next((match for match in matches if not within(match.expression, expression)), None)
