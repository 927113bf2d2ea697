"""Our own first look at every file: what parses, what asks a tool to look away, what deserves a reader's eye."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from verifier.checker import INSIDE, TREE, Command, Settings, ToolOutput
from verifier.inventory import Inventory, Look, Trigger
from verifier.model import (
    Checkout,
    File,
    Finding,
    Measure,
    NotExamined,
    Observations,
    Role,
    Skip,
    Steering,
)
from verifier.origin import Origins
from verifier.retold import retold
from verifier.scope import LINK
from verifier.words import Text, joined, later, say, say_n

RULES = {"lines": "source:long-function", "complexity": "source:complex", "nesting": "source:nested"}
MESSAGES = {
    "lines": later("{function} has {value} lines; the review guides ask for a look above {limit}."),
    "complexity": later(
        "{function} has a cyclomatic complexity of {value}; the review guides ask for a look above {limit}."
    ),
    "nesting": later("{function} nests {value} blocks; the review guides ask for a look above {limit}."),
}
ARCHIVES = re.compile(r"\.(?:zip|tar|tgz|gz|bz2|xz|zst|7z|rar|deb|rpm|apk|iso|dmg)$", re.IGNORECASE)
PROJECT = {
    "readme": "project.readme",
    "contributing": "project.contributing",
    "code_of_conduct": "project.conduct",
    "security_policy": "project.security",
    "changelog": "project.changelog",
    "publiccode": "project.publiccode",
    "governance": "project.governance",
    "ci": "project.ci",
    "manifest": "project.manifest",
    "tests": "project.tests",
}


class Source:
    """One process; findings are review triggers and never decide by themselves."""

    name: ClassVar[str] = "source"
    topic: ClassVar[str] = "source"
    tool: ClassVar[str] = "delivery-verifier"
    languages: ClassVar[frozenset[str]] = frozenset()
    environment: ClassVar[bool] = False
    optional: ClassVar[bool] = False

    def steps(self, checkout: Checkout, settings: Settings) -> Sequence[Command]:  # noqa: ARG002 - the interface's
        """The checkout need not be classified: the answer is what `scope.classify` needs."""
        return [Command(argv=("python", "-I", f"{INSIDE}/inventory.py"), cwd=TREE, repeatable=True)]

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        """Raises ValueError where the answer is no inventory. A file of the checkout that it lacks is not examined."""
        inventory = Inventory.from_bytes(outputs[0].stdout)
        looked = [(file, inventory.looks.get(file.path)) for file in sorted(checkout.files, key=lambda file: file.path)]
        skipped = tuple(one for file, look in looked if (one := _not_examined(file, look)))
        seen = [(file, look) for file, look in looked if look and file.mode != LINK]
        origins = Origins(look for _, look in seen)
        return Observations(
            findings=_numbered(finding for file, look in seen for finding in _findings(file, look, origins)),
            measures=(*_measures(seen), *_project(inventory)),
            suppressions=tuple(one for _, look in seen for one in look.suppressions),
            steering=_steering(checkout, inventory, seen),
            examined=frozenset(file.path for file in checkout.files) - {one.path for one in skipped},
            not_examined=skipped,
            notes=_notes(checkout, inventory, seen),
        )


def _not_examined(file: File, look: Look | None) -> NotExamined | None:
    """Why a file was not looked into; None where it was. A link has no content of its own."""
    if file.mode == LINK:
        return None
    skip, reason = _unread(look) or (_unparsed(look) if look else None) or (None, "")
    if skip is None:
        return None
    source = look is None or look.source or file.source
    return NotExamined(path=file.path, skip=skip, reason=reason, role=file.role, source=source)


def _unread(look: Look | None) -> tuple[Skip, str] | None:
    if look is None:
        return Skip.TOOL, say("not in the inventory")
    if look.kind != "file":
        return Skip.TOOL, say("a regular file in the commit, not on disk")
    if look.failed:
        return (Skip.SIZE if look.failed.startswith("over ") else Skip.TOOL), retold(look.failed)
    return None


def _unparsed(look: Look) -> tuple[Skip, str] | None:
    if look.parsed is False:
        error = retold(look.error)
        if not look.error_line and not isinstance(error, Text):
            error = say("{tool}: {words}", tool="Python", words=error)
        return Skip.UNPARSABLE, say("line {n}: {error}", n=look.error_line, error=error) if look.error_line else error
    if look.binary:
        return Skip.NOT_TEXT, say("machine or byte code") if look.language == "compiled" else say("not text")
    if look.language == "notebook":
        return Skip.LANGUAGE, say("a notebook: its cells are not read as code")
    return None


def _findings(file: File, look: Look, origins: Origins) -> Iterator[Finding]:
    if file.role is Role.SOURCE:
        yield from (_triggered(look, trigger) for trigger in look.triggers)
    if look.language == "compiled":
        yield _note(file, "source:compiled", _compiled(look, origins.of(look)))
    elif look.binary and ARCHIVES.search(look.path):
        yield _note(
            file, "source:archive", say("An archive of {size} bytes: nobody has looked into it.", size=look.size)
        )
    elif look.binary:
        words = say("A binary file of {size} bytes: its content cannot be read here.", size=look.size)
        yield _note(file, "source:binary", words)
    elif look.minified:
        yield _note(file, "source:minified", _minified(origins.of(look)))


def _compiled(look: Look, origin: str) -> Text:
    if origin:
        return say(
            "Machine or byte code of {size} bytes. {path} may be its source; nothing shows that it is.",
            size=look.size,
            path=origin,
        )
    return say(
        "Machine or byte code of {size} bytes without its source: nobody can review it. "
        "Deliver the source and how it is built, and leave this file out.",
        size=look.size,
    )


def _minified(origin: str) -> Text:
    if origin:
        return say("Minified or generated. {path} may be what it was made from; nothing shows that it is.", path=origin)
    return say(
        "Minified or generated, without what it was made from: nobody can review it. Deliver that and how it is made."
    )


def _triggered(look: Look, trigger: Trigger) -> Finding:
    return Finding(
        rule=RULES[trigger.kind],
        message=say(MESSAGES[trigger.kind], function=trigger.function, value=trigger.value, limit=trigger.limit),
        path=look.path,
        line=trigger.line,
        end_line=trigger.end_line,
        excerpt=trigger.excerpt,
    )


def _note(file: File, rule: str, message: str) -> Finding:
    return Finding(rule=rule, message=message, path=file.path, role=file.role)


def _numbered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings that are otherwise alike in one file get ordinals, by line."""
    alike: dict[str, int] = defaultdict(int)
    numbered = []
    for finding in findings:
        numbered.append(replace(finding, ordinal=alike[finding.fingerprint]))
        alike[finding.fingerprint] += 1
    return tuple(numbered)


def _measures(seen: Sequence[tuple[File, Look]]) -> Iterator[Measure]:
    code = [look for _, look in seen if look.source]
    python = [look for look in code if look.language == "python"]
    product = [look for file, look in seen if look.language == "python" and file.role is Role.SOURCE]
    languages = Counter(look.language for look in code).most_common()
    detail = joined(
        ", ",
        [f"{language} {number}" for language, number in sorted(languages, key=lambda one: (-one[1], one[0] or ""))],
    )
    yield Measure(name="source.files", value=len(code), detail=detail)
    yield Measure(name="source.lines", value=sum(look.lines for look in code))
    yield Measure(name="source.python.files", value=len(python))
    yield Measure(name="source.python.unparsable", value=sum(look.parsed is not True for look in python))
    yield Measure(
        name="source.python.documented",
        value=sum(look.documented for look in product),
        detail=say_n(len(product), "of {n} module", "of {n} modules"),
    )
    yield Measure(name="source.functions", value=sum(look.functions for look in product))
    yield Measure(name="source.functions.longest", value=max((look.longest for look in product), default=0))
    yield Measure(name="source.complexity.max", value=max((look.complexity for look in product), default=0))
    yield Measure(name="source.nesting.max", value=max((look.nesting for look in product), default=0))
    yield from _suppression_measures([look for _, look in seen])


def _suppression_measures(looks: Sequence[Look]) -> Iterator[Measure]:
    listed = [one for look in looks for one in look.suppressions]
    kinds = joined(", ", [f"{kind} {number}" for kind, number in sorted(Counter(one.kind for one in listed).items())])
    more = sum(look.more for look in looks)
    bare = sum(not one.justification for one in listed) + sum(look.more_unjustified for look in looks)
    yield Measure(name="source.suppressions", value=len(listed) + more, detail=kinds)
    yield Measure(name="source.suppressions.unjustified", value=bare)


def _project(inventory: Inventory) -> Iterator[Measure]:
    """1 where the project has such a file, else 0; the detail names the first."""
    for kind, name in PROJECT.items():
        paths = inventory.community.get(kind, ())
        yield Measure(name=name, value=int(bool(paths)), detail=paths[0] if paths else "")


def _steering(checkout: Checkout, inventory: Inventory, seen: Sequence[tuple[File, Look]]) -> tuple[Steering, ...]:
    delivered = {file.path for file in checkout.files}
    tree = (one for one in inventory.steering if one.path in delivered)
    found = (one for _, look in seen for one in look.steering)
    sensed = (one for file, look in seen if file.role is Role.SOURCE for one in look.senses)
    return tuple(sorted((*tree, *found, *sensed), key=lambda one: (one.path, one.line or 0, one.what)))


def _notes(checkout: Checkout, inventory: Inventory, seen: Sequence[tuple[File, Look]]) -> tuple[str, ...]:
    known = {file.path for file in checkout.files} | {one.path for one in checkout.not_delivered}
    extra = sorted(set(inventory.looks) - known)
    notes = [say("Python files were parsed with the grammar of Python {version}.", version=inventory.python)]
    if extra:
        notes.append(
            say_n(
                len(extra),
                "{n} file in the tree is not part of the commit: {first}.",
                "{n} files in the tree are not part of the commit, the first {first}.",
                first=repr(extra[0]),
            )
        )
    notes += [
        say("{path}: suppressions counted and not listed: {n}.", path=look.path, n=look.more)
        for _, look in seen
        if look.more
    ]
    return tuple(notes)
