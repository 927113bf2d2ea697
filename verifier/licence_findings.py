"""Where a delivery's licences do not fit together: the parts with the whole, the declared with the detected. Pure.

What came in under a licence that claims the whole work and may not go out under the project's is a conflict. A licence that
stops at its own file (MPL, LGPL) or that only sits badly with the project's (Apache-2.0 under GPL-2.0-only) is a remark: the
project's licence does not hold for that part. Where nobody says, it is for a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier.licence import closed, permissive, recognised, strong_copyleft, within
from verifier.licence_beyond import Beyond
from verifier.licence_claims import Claim
from verifier.licence_detected import Detected, Match
from verifier.licence_fit import Fit, Ruling, ruling
from verifier.licence_folders import Folder, piece
from verifier.licence_project import ProjectLicence, Text, conflicts
from verifier.model import Finding
from verifier.words import Text as Words
from verifier.words import later, say, say_n

LISTED = 20
"""Files under one licence that are told of one by one, where they do not block."""
DENIAL = "scancode:licence-denied"
"""What leaves the project's licence undetermined."""
NPM_DEFAULT = "ISC"
"""What `npm init` writes when nobody chooses (https://docs.npmjs.com/cli/v11/using-npm/config#init-license)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What REUSE declares for a file from outside it, and the file that does so (REUSE.toml, a `.license` file)."""

    expression: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Licences:
    """All that was seen: the whole's licence, metadata's claims, the source files, folders with a licence file of their own,
    REUSE's declarations by path.
    """

    project: ProjectLicence
    claims: Sequence[Claim]
    sources: Sequence[Detected]
    reuse: Mapping[str, Declaration]
    folders: Sequence[Folder] = ()
    documents: Sequence[tuple[str, int, str]] = ()  # of the root: path, line and words that deny the project's licence


def findings(seen: Licences) -> Iterator[Finding]:
    """Conflicts of the whole, of folders, and of files by licence; then what is declared. Of each rule at most one a file."""
    for claim in conflicts(seen.project, seen.claims):
        yield _conflict(seen.project, claim)
    for text in seen.project.altered:
        yield from (_altered(text, one) for one in text.beyond[:LISTED])
    for folder in seen.folders:
        yield from _of_folder(seen.project, folder)
    parts = {file.path: part for file in seen.sources if (part := _inbound(seen, file))}
    alike: dict[tuple[str, str], list[_Part]] = {}
    for part in parts.values():
        alike.setdefault((part.kind.rule, part.match.expression), []).append(part)
    for several in alike.values():
        yield from _of_files(seen.project, several)
    yield from denials(seen)
    for file in seen.sources:
        found = (_differing(seen, file), None if file.path in parts else _undeclared(seen, file))
        yield from (one for one in found if one)


def altered(project: ProjectLicence) -> Words | None:
    """How a licence file is not the text of a licence: the first place, and how many more there are."""
    places = [(text, one) for text in project.altered for one in text.beyond]
    if not places:
        return None
    first = _place(*places[0])
    more = len(places) - 1
    return say_n(more, "{first} (and {n} more place)", "{first} (and {n} more places)", first=first) if more else first


def denials(seen: Licences) -> Iterator[Finding]:
    """Where the delivery says, in a file's head or beside the licence file, that the licence is not granted.

    Words of a few letters are no proof, so they leave the project's licence undetermined; an SPDX tag is one, and blocks.
    """
    if not recognised(seen.project.expression) or closed(seen.project.expression):
        return
    for file in seen.sources:
        match = None if any(closed(one.expression) for one in file.said) or piece(file.path) else file.denied
        if match:
            yield _denial(seen, file.path, match.line, match.expression)
    for path, line, words in seen.documents:
        yield _denial(seen, path, line, words)


def _denial(seen: Licences, path: str, line: int, words: str) -> Finding:
    return Finding(
        rule=DENIAL,
        message=say(
            '{files} grants {licence}, and {path} says otherwise: "{words}".',
            path=path,
            words=words,
            files=", ".join(seen.project.files),
            licence=seen.project.expression,
        ),
        path=path,
        line=line,
        severity="warning",
        help=say("Take out what denies the licence, or tell the buyer which of the two holds."),
    )


def _place(text: Text, one: Beyond) -> Words:
    lines = str(one.line) if one.line == one.end_line else f"{one.line}-{one.end_line}"
    words = (
        later('{path} is not the whole text of {licence}: at {lines} it lacks "{words}".')
        if one.cut
        else later('{path} holds more than {licence}: at {lines} "{words}".')
    )
    return say(words, path=text.path, licence=text.terms, lines=lines, words=one.words)


def _altered(text: Text, one: Beyond) -> Finding:
    return Finding(
        rule="scancode:licence-altered",
        message=_place(text, one),
        path=text.path,
        line=one.line,
        end_line=one.end_line,
        severity="warning",
        help=say("Deliver the licence's own text in that file, with nothing added, changed or left out."),
    )


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


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a ruling that is no fit comes to."""

    rule: str
    severity: str
    says: str
    help: str


_CONFLICT = _Kind(
    "scancode:inbound-conflict",
    "error",
    later(
        "{place} is under {licence}, {files} grants {project}: {inbound} reaches the whole work and cannot go out under "
        "{outbound} ({rule})."
    ),
    later("Replace that code, or license the project under terms that allow it."),
)
_STRICTER = _Kind(
    "scancode:inbound-stricter",
    "warning",
    later("{place} is under {licence}, {files} grants {project}: that does not hold for this part ({rule})."),
    later("Keep that part's own licence beside it, and say in the read-me or REUSE.toml what is under it."),
)
_UNCLEAR = _Kind(
    "scancode:inbound-unclear",
    "note",
    later(
        "{place} is under {licence}, {files} grants {project}: a person has to say whether the one may go out under the other "
        "({rule})."
    ),
    later("Ask somebody who knows licences, or replace that code."),
)


_CLOSED = _Kind(
    "scancode:no-open-licence",
    "error",
    later(
        "{place} is under {licence}, {files} grants {project}: {inbound} is no open licence, so that does not hold for this part."
    ),
    later("Replace that code, or put it under the project's licence and say so in its head."),
)


def _kind(found: Ruling) -> _Kind:
    if closed(found.inbound):
        return _CLOSED
    if found.fit is Fit.UNSURE:
        return _UNCLEAR
    return _CONFLICT if strong_copyleft(found.inbound) else _STRICTER


@dataclass(frozen=True, slots=True)
class _Part:
    """A file with the match that the project's licence does not allow; `sure`: no notice that fits stands near it."""

    path: str
    match: Match
    found: Ruling
    sure: bool

    @property
    def kind(self) -> _Kind:
        return _kind(self.found)


def _inbound(seen: Licences, file: Detected) -> _Part | None:
    """The gravest of what a file says of itself, or is said to be under, and the project's licence does not allow."""
    whole = seen.project
    if not recognised(whole.expression):
        return None
    said = {match: ruling(whole.expression, match.expression) for match in (*file.said, *_outside(seen, file))}
    match, found = min(
        said.items(),
        key=lambda one: (one[1].fit, not closed(one[1].inbound), not strong_copyleft(one[1].inbound)),
        default=(None, None),
    )
    if match is None or found is None or found.fit is Fit.FITS:
        return None
    sure = not any(said[other].fit is Fit.FITS for other in file.near(match))
    return _Part(file.path, match, found, sure)


def _of_files(whole: ProjectLicence, alike: Sequence[_Part]) -> Iterator[Finding]:
    """One a file; of many under one licence that do not block, one that counts them: a copied package is one thing."""
    first = alike[0]
    if len(alike) > LISTED and first.kind not in (_CONFLICT, _CLOSED):
        more = len(alike) - 1
        place = say_n(more, "{path} (and {n} more file)", "{path} (and {n} more files)", path=first.path)
        yield _told(whole, first, place=place)
        return
    yield from (_told(whole, part, place=part.path) for part in alike)


def _outside(seen: Licences, file: Detected) -> Iterator[Match]:
    """What REUSE declares for the file, as if it stood in its head."""
    outside = seen.reuse.get(file.path)
    if outside and recognised(outside.expression):
        yield Match(expression=outside.expression, line=0, end_line=0, words=0, score=100, matcher=outside.source)


def _of_folder(whole: ProjectLicence, folder: Folder) -> Iterator[Finding]:
    """A licence file of a folder that is not named for the code of others may be about something else than the files there."""
    found = ruling(whole.expression, folder.expression)
    if not recognised(whole.expression) or found.fit is Fit.FITS:
        return
    place = say_n(
        len(folder.files),
        "{folder} ({n} source file, by {path})",
        "{folder} ({n} source files, by {path})",
        folder=folder.name,
        path=folder.path,
    )
    match = Match(expression=folder.expression, line=0, end_line=0, words=0, score=100, matcher="")
    yield _told(whole, _Part(folder.path, match, found, sure=bool(piece(folder.files[0]))), place=place)


def _told(whole: ProjectLicence, part: _Part, *, place: str) -> Finding:
    kind, match, found = part.kind, part.match, part.found
    return Finding(
        rule=kind.rule,
        message=say(
            kind.says,
            place=place,
            licence=match.expression,
            files=", ".join(whole.files),
            project=whole.expression,
            inbound=found.inbound,
            outbound=found.outbound,
            rule=found.rule,
        ),
        path=part.path,
        line=match.line or None,
        end_line=match.end_line or None,
        severity=kind.severity,
        confidence="high" if part.sure else "low",
        help=say(kind.help),
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
