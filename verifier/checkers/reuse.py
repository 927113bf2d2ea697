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

LISTED = 20
"""Findings of one rule that are given file by file; beyond it one finding counts them. Few projects follow REUSE."""
NAMED = 3
HELP = "https://reuse.software/faq/"
# Category of `non_compliant` in reuse's answer: (our rule, what it says of one file or licence).
FILES = {
    "missing_licensing_info": ("missing-licence", "no licence stated in or for the file"),
    "missing_copyright_info": ("missing-copyright", "no copyright notice in or for the file"),
    "read_errors": ("unreadable", "reuse cannot read the file"),
}
LICENCES = {
    "bad_licenses": ("unknown-licence", "not an SPDX licence"),
    "deprecated_licenses": ("deprecated-licence", "a deprecated SPDX identifier"),
    "licenses_without_extension": ("licence-without-extension", "its text in LICENSES/ has no file extension"),
    "missing_licenses": ("missing-text", "used, but its text is not in LICENSES/"),
    "unused_licenses": ("unused-text", "in LICENSES/, but no file uses it"),
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
        return [Command(argv=("python", "-I", f"{INSIDE}/run_reuse.py", TREE))]

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        """Raises ValueError or KeyError where the answer cannot be read. An empty delivery has no measures."""
        if not outputs:
            return Observations()
        answer = json.loads(outputs[0].stdout)
        if "unreadable" in answer:
            return _unreadable(str(answer["unreadable"]).replace(f"{TREE}/", ""))
        wrong = answer["non_compliant"]
        skipped = tuple(
            NotExamined(path=_inside(path), skip=Skip.TOOL, reason="reuse cannot read the file")
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
    return Observations(
        findings=(finding,), measures=(Measure(name="licence.reuse.compliant", value=0, detail=reason),)
    )


def _measures(summary: Mapping[str, Any]) -> tuple[Measure, ...]:
    total = int(summary["files_total"])
    licensed, owned = int(summary["files_with_licensing_info"]), int(summary["files_with_copyright_info"])
    detail = f"{licensed} of {total} files with a licence, {owned} with a copyright notice"
    return (
        Measure(name="licence.reuse.compliant", value=int(bool(summary["compliant"])), detail=detail),
        Measure(name="licence.reuse.files", value=total),
        Measure(name="licence.reuse.with_licence", value=licensed),
        Measure(name="licence.reuse.with_copyright", value=owned),
    )


def _findings(wrong: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    for category, (rule, says) in FILES.items():
        yield from _by_file(rule, says, sorted(map(_inside, wrong[category])))
    for category, (rule, says) in LICENCES.items():
        for licence in sorted(wrong[category]):
            yield Finding(rule=f"reuse:{rule}", message=f"{licence}: {says}.", help=HELP)


def _inside(path: str) -> str:
    return path.removeprefix(f"{TREE}/")


def _by_file(rule: str, says: str, paths: list[str]) -> Iterator[Finding]:
    """One finding a file, or one that counts them: ten thousand files without a header are one thing to mend."""
    if len(paths) > LISTED:
        named = f"{', '.join(paths[:NAMED])} and {len(paths) - NAMED} more"
        yield Finding(rule=f"reuse:{rule}", message=f"{len(paths)} files: {says}: {named}.", help=HELP)
        return
    for path in paths:
        yield Finding(rule=f"reuse:{rule}", message=f"{says[0].upper()}{says[1:]}.", path=path, help=HELP)


def _notes(files: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """How many files are declared from outside, and by what: there the declaration is the supplier's word alone."""
    sources: dict[str, int] = {}
    for entry in files:
        for source in {one["source"] for one in entry["spdx_expressions"] if one["source_type"] != "file-header"}:
            name = ".license files" if str(source).endswith(".license") else str(source)
            sources[name] = sources.get(name, 0) + 1
    return tuple(f"Files whose licence is declared by {name}: {number}." for name, number in sorted(sources.items()))
