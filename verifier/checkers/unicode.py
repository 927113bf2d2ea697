"""Text that reads otherwise than it runs: hidden characters and look-alike names (verifier/inside/run_unicode.py)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from verifier.checker import APART, INSIDE, Command, Settings, ToolOutput
from verifier.inside.look.languages import PROSE
from verifier.model import Checkout, File, Finding, NotExamined, Observations, Skip
from verifier.retold import retold
from verifier.scope import LINK
from verifier.words import Text, say, say_n

FOR_PEOPLE = PROSE | {"csv", "gettext", "html", "svg", "template", "xml"}
"""Text for people, in whose right-to-left languages such characters are at home: a find in them is a note."""
ORDERS = frozenset(
    {"cmake", "dockerfile", "gradle", "hcl", "ini", "jenkinsfile", "makefile", "sql", "starlark", "toml", "yaml"}
)
"""Not code, and yet obeyed by a machine: like code, they are searched for what is not seen at all."""
HELP = "https://trojansource.codes/"
CWE = {"bidi-control": (1007,), "look-alike": (1007,), "invisible": (), "mixed-scripts": ()}
BASE_SECONDS = 300


class Unicode:
    """One run over every text file; no comment and no configuration takes a finding away."""

    name: ClassVar[str] = "unicode"
    topic: ClassVar[str] = "security"
    tool: ClassVar[str] = "confusable-homoglyphs"
    languages: ClassVar[frozenset[str]] = frozenset()
    environment: ClassVar[bool] = False
    optional: ClassVar[bool] = False

    def steps(self, checkout: Checkout, settings: Settings) -> Sequence[Command]:
        """None for an empty tree. The script exits with 0 whatever was found."""
        del settings
        targets = [
            [file.path, file.language == "python" and file.parsed is True, file.source or file.language in ORDERS]
            for file in _files(checkout)
        ]
        if not targets:
            return []
        return [
            Command(
                argv=("python", "-I", f"{INSIDE}/run_unicode.py", *APART),
                stdin=json.dumps(targets).encode("ascii"),
                seconds=BASE_SECONDS + len(targets),
                repeatable=True,
                apart=True,
            )
        ]

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        """Raises ValueError where the answer is not about exactly the files asked for."""
        said = json.loads(outputs[0].stdout) if outputs else {"scanned": [], "skipped": {}, "findings": [], "more": []}
        files = {file.path: file for file in _files(checkout)}
        if files.keys() != {*said["scanned"], *said["skipped"]}:
            raise ValueError("the search for hidden characters did not answer for exactly the files that it was given")
        return Observations(
            findings=tuple(_finding(one, files[one["path"]]) for one in said["findings"]),
            examined=frozenset(said["scanned"]),
            not_examined=tuple(_skipped(path, why) for path, why in sorted(said["skipped"].items())),
            notes=tuple(_more(said["more"])),
        )


def _files(checkout: Checkout) -> Iterator[File]:
    """Links are read where they lead."""
    return (file for file in checkout.files if file.mode != LINK)


def _skipped(path: str, why: str) -> NotExamined:
    if why == "not text":
        return NotExamined(path=path, skip=Skip.NOT_TEXT, reason=say("not text"))
    return NotExamined(path=path, skip=Skip.SIZE if why.startswith("over ") else Skip.TOOL, reason=retold(why))


def _finding(one: Mapping[str, Any], file: File) -> Finding:
    sure = one["kind"] == "look-alike" or (one["kind"] == "bidi-control" and not _for_people(one, file))
    return Finding(
        rule=f"unicode:{one['kind']}",
        message=_message(one),
        path=one["path"],
        line=one["line"],
        end_line=one["line"],
        severity="error" if sure else "note",
        confidence="high" if sure else "low",
        help=HELP,
        cwe=CWE[one["kind"]],
    )


def _for_people(one: Mapping[str, Any], file: File) -> bool:
    """Words of a right-to-left language in data, or a text that nothing but a person reads."""
    return not file.source and (file.language in FOR_PEOPLE or one["right_to_left"])


def _message(one: Mapping[str, Any]) -> Text:
    named = ", ".join(one["characters"])
    if one["kind"] == "bidi-control":
        return say(
            "Column {column}: {characters}. The line is shown in another order than it runs.",
            column=one["column"],
            characters=named,
        )
    if one["kind"] == "invisible":
        return say("Column {column}: {characters}. It is not seen.", column=one["column"], characters=named)
    if one["like"]:
        return say(
            "Column {column}: the name {name} looks like {like} and is another: {characters}.",
            column=one["column"],
            name=one["name"],
            like=one["like"],
            characters=named,
        )
    return say(
        "Column {column}: the name {name} mixes scripts: {characters}.",
        column=one["column"],
        name=one["name"],
        characters=named,
    )


def _more(more: Sequence[tuple[str, int]]) -> Iterator[str]:
    for path, number in sorted(more):
        yield say_n(
            number,
            "{path}: {n} more place with hidden characters is counted and not listed.",
            "{path}: {n} more places with hidden characters are counted and not listed.",
            path=path,
        )
