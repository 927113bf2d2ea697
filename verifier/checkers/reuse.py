"""reuse: whether every file states its licence and copyright, by the REUSE specification (https://reuse.software/spec-3.3/).

The tree's own REUSE.toml is what REUSE reads, so a delivery can declare anything here; scancode compares that with what
the files say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from verifier.checker import INSIDE, TREE, Command, Settings, ToolOutput
from verifier.model import Checkout, Finding, Measure, NotExamined, Observations, Skip
from verifier.scope import LINK
from verifier.words import later, say

LISTED = 20
"""Findings of one rule that are given file by file; beyond it one finding counts them. Few projects follow REUSE."""
NAMED = 3
HELP = "https://reuse.software/faq/"
# Category of `non_compliant` in reuse's answer: (our rule, what it says of one file, what of many).
FILES = {
    "missing_licensing_info": (
        "missing-licence",
        later("No licence stated in or for the file."),
        later("{n} files: no licence stated in or for the file: {named}."),
    ),
    "missing_copyright_info": (
        "missing-copyright",
        later("No copyright notice in or for the file."),
        later("{n} files: no copyright notice in or for the file: {named}."),
    ),
    "read_errors": (
        "unreadable",
        later("Reuse cannot read the file."),
        later("{n} files: reuse cannot read the file: {named}."),
    ),
}
# Likewise: (our rule, what it says of a licence).
LICENCES = {
    "bad_licenses": ("unknown-licence", later("{licence}: not an SPDX licence.")),
    "deprecated_licenses": ("deprecated-licence", later("{licence}: a deprecated SPDX identifier.")),
    "licenses_without_extension": (
        "licence-without-extension",
        later("{licence}: its text in LICENSES/ has no file extension."),
    ),
    "missing_licenses": ("missing-text", later("{licence}: used, but its text is not in LICENSES/.")),
    "unused_licenses": ("unused-text", later("{licence}: in LICENSES/, but no file uses it.")),
}


class Reuse:
    """One run; its answer says everything, so that its exit code (1: not compliant) need not."""

    name: ClassVar[str] = "reuse"
    topic: ClassVar[str] = "licence"
    tool: ClassVar[str] = "reuse"
    languages: ClassVar[frozenset[str]] = frozenset()
    environment: ClassVar[bool] = False
    optional: ClassVar[bool] = False

    def steps(self, checkout: Checkout, settings: Settings) -> Sequence[Command]:  # noqa: ARG002 - the interface's
        """Nothing to run where nothing was delivered."""
        if not checkout.files:
            return []
        return [Command(argv=("python", "-I", f"{INSIDE}/run_reuse.py", TREE), repeatable=True)]

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        """Raises ValueError or KeyError where the answer cannot be read. An empty delivery has no measures."""
        if not outputs:
            return Observations()
        answer = json.loads(outputs[0].stdout)
        if "unreadable" in answer:
            return _unreadable(str(answer["unreadable"]).replace(f"{TREE}/", ""))
        wrong = answer["non_compliant"]
        skipped = tuple(
            NotExamined(path=_inside(path), skip=Skip.TOOL, reason=say("reuse cannot read the file"))
            for path in wrong["read_errors"]
        )
        return Observations(
            findings=tuple(_findings(wrong)),
            measures=_measures(answer["summary"]),
            examined=frozenset(file.path for file in checkout.files if file.mode != LINK)
            - {one.path for one in skipped},
            not_examined=skipped,
            notes=_notes(answer["files"]),
        )


def _unreadable(reason: str) -> Observations:
    """The delivery's REUSE configuration is broken: the supplier's to mend, and nothing more can be said."""
    finding = Finding(rule="reuse:configuration", message=reason, severity="warning", help=HELP)
    detail = say("{tool}: {words}", tool="reuse", words=reason)
    return Observations(
        findings=(finding,), measures=(Measure(name="licence.reuse.compliant", value=0, detail=detail),)
    )


def _measures(summary: Mapping[str, Any]) -> tuple[Measure, ...]:
    total = int(summary["files_total"])
    licensed, owned = int(summary["files_with_licensing_info"]), int(summary["files_with_copyright_info"])
    detail = say(
        "{licensed} of {total} files with a licence, {owned} with a copyright notice",
        licensed=licensed,
        total=total,
        owned=owned,
    )
    return (
        Measure(name="licence.reuse.compliant", value=int(bool(summary["compliant"])), detail=detail),
        Measure(name="licence.reuse.files", value=total),
        Measure(name="licence.reuse.with_licence", value=licensed),
        Measure(name="licence.reuse.with_copyright", value=owned),
    )


def _findings(wrong: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    for category, (rule, one, many) in FILES.items():
        yield from _by_file(rule, one, many, sorted(map(_inside, wrong[category])))
    for category, (rule, says) in LICENCES.items():
        for licence in sorted(wrong[category]):
            yield Finding(rule=f"reuse:{rule}", message=say(says, licence=licence), help=HELP)


def _inside(path: str) -> str:
    return path.removeprefix(f"{TREE}/")


def _by_file(rule: str, one: str, many: str, paths: list[str]) -> Iterator[Finding]:
    """One finding a file, or one that counts them: ten thousand files without a header are one thing to mend."""
    if len(paths) > LISTED:
        named = say("{first} and {n} more", first=", ".join(paths[:NAMED]), n=len(paths) - NAMED)
        yield Finding(rule=f"reuse:{rule}", message=say(many, n=len(paths), named=named), help=HELP)
        return
    for path in paths:
        yield Finding(rule=f"reuse:{rule}", message=say(one), path=path, help=HELP)


def _notes(files: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """How many files are declared from outside, and by what: there the declaration is the supplier's word alone."""
    sources: dict[str, int] = {}
    for entry in files:
        for source in {one["source"] for one in entry["spdx_expressions"] if one["source_type"] != "file-header"}:
            name = say(".license files") if str(source).endswith(".license") else str(source)
            sources[name] = sources.get(name, 0) + 1
    return tuple(
        say("Files whose licence is declared by {source}: {n}.", source=name, n=number)
        for name, number in sorted(sources.items())
    )
