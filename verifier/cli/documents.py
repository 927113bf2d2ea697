"""What several commands share: which criteria to read, which documents to write, and the exit code of a verdict."""

from __future__ import annotations

import argparse
import os
import pkgutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from verifier.cli import signing
from verifier.errors import UsageError
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.model import Evidence, Waiver
    from verifier.policy import Contract, Criteria
    from verifier.report import Report
    from verifier.trust.signed import Signed

EXIT = {"accepted": 0, "pending": 0, "rejected": 1, "inconclusive": 3}
FORMATS = {
    "text": "verifier.render.terminal:terminal",
    "json": "verifier.report:as_json",
    "md": "verifier.render.markdown:to_markdown",
    "comment": "verifier.render.comment:to_comment",
    "message": "verifier.render.message:to_message",
    "job-summary": "verifier.render.job_summary:to_job_summary",
    "annotations": "verifier.render.annotations:to_annotations",
    "badge": "verifier.render.badge:to_badge",
    "sarif": "verifier.render.sarif:to_sarif",
    "junit": "verifier.render.junit:to_junit",
    "gitlab": "verifier.render.gitlab:to_gitlab",
    "csv": "verifier.render.table:to_csv",
    "html": "verifier.render.html:to_html",
    "pdf": "verifier.render.pdf:to_pdf",
}
"""Every form of a report, and the function that makes it from the document; imported when it is asked for."""
BOTH_LANGUAGES = frozenset({"html", "pdf"})
"""Forms that read the document with both languages."""
WITH_HTML = BOTH_LANGUAGES | {"folder"}
OUTPUTS = (*FORMATS, "folder")
FOLDER = "verifier-report"
STDOUT = "-"


def add_criteria(command: argparse.ArgumentParser, tr: Translate, *, waivers: bool = True) -> argparse._ArgumentGroup:
    group = add_profile(command, tr)
    told = tr(
        "the contract: a file with licence and requirements, or the statements that were signed, and their folder"
    )
    group.add_argument("--contract", metavar=tr("FILE"), help=told)
    signing.add_trust(group, tr)
    if waivers:
        told = tr("waivers of an earlier round; unsigned ones are proposals and never count")
        group.add_argument("--waivers", metavar=tr("FILE"), help=told)
    return group


def add_profile(command: argparse.ArgumentParser, tr: Translate) -> argparse._ArgumentGroup:
    """Which criteria: a file, or a profile."""
    group = command.add_argument_group(tr("criteria"))
    group.add_argument("--criteria", metavar=tr("FILE"), help=tr("the buyer's criteria file"))
    group.add_argument(
        "--profile", metavar=tr("NAME"), help=tr("a profile that ships with verifier (default: micro-ca)")
    )
    return group


def add_output(command: argparse.ArgumentParser, tr: Translate, default: str = f"text=- folder={FOLDER}") -> None:
    command.add_argument(
        "--output",
        action="append",
        default=[],
        metavar=tr("FORMAT=PATH"),
        help=tr(
            "write this document ({forms}); - is standard output; repeats (default: {default})",
            forms=", ".join(OUTPUTS),
            default=default,
        ),
    )
    command.set_defaults(default_output=default)


def outputs(arguments: argparse.Namespace) -> list[tuple[str, str]]:
    """The documents asked for, refused early when they cannot be written."""
    asked = [_output(text) for text in arguments.output or arguments.default_output.split()]
    if sum(path == STDOUT for _, path in asked) > 1:
        raise UsageError(say("Only one document can go to standard output."))
    for kind, path in asked:
        if path == STDOUT:
            refuse_terminal(kind)
        elif not Path(path).absolute().parent.is_dir():
            raise UsageError(say("The folder of {path} does not exist.", path=path))
        if kind == "folder":
            from verifier.files import check_folder

            check_folder(Path(path))
    return asked


def refuse_terminal(kind: str) -> None:
    if kind == "pdf" and sys.stdout.isatty():
        raise UsageError(say("A PDF cannot be shown in a terminal; write it to a file, as with > report.pdf."))


def _output(text: str) -> tuple[str, str]:
    kind, separator, path = text.partition("=")
    if not separator or kind not in OUTPUTS or not path:
        raise UsageError(
            say("--output {text} is not FORMAT=PATH with FORMAT one of {forms}.", text=text, forms=", ".join(OUTPUTS))
        )
    if kind == "folder" and path == STDOUT:
        raise UsageError(say("A folder cannot go to standard output."))
    return kind, path


def criteria(arguments: argparse.Namespace) -> tuple[Criteria, Contract | None]:
    from verifier import rulebook

    contract: Contract | None = None
    if arguments.contract and is_signed(arguments.contract):
        contract, signed = signed_contract(arguments)
        if not (arguments.criteria or arguments.profile):
            arguments.profile = signed.statement.predicate["criteria"]["profile"]
    elif arguments.contract:
        contract = rulebook.load_contract(Path(arguments.contract))
    return criteria_of(arguments, contract), contract


def is_signed(name: str) -> bool:
    """Whether a contract is given as signed statements, a file or a folder of them, and not as a file that somebody wrote."""
    return Path(name).is_dir() or name.endswith(".json")


def signed_contract(arguments: argparse.Namespace) -> tuple[Contract, Signed]:
    """The contract that both parties signed, under the trust policy. Raises TrustError."""
    from verifier.agreed import agreed

    now = signing.now()
    trust = signing.policy(arguments, now)
    return agreed(signing.read([arguments.contract], trust), trust, now)


def criteria_of(arguments: argparse.Namespace, contract: Contract | None) -> Criteria:
    """The criteria that --criteria or --profile name, with what the contract fills in."""
    from verifier import rulebook

    if arguments.criteria and arguments.profile:
        raise UsageError(say("Give either --criteria or --profile, not both."))
    if arguments.criteria:
        return rulebook.load_criteria(Path(arguments.criteria), contract=contract)
    return rulebook.load_profile(arguments.profile or "micro-ca", contract=contract)


def check_digest(criteria: Criteria, wanted: str) -> None:
    """Raises UsageError where criteria are not those that a digest names."""
    if wanted and wanted.lower().removeprefix("sha256:") != criteria.digest:
        words = say("The criteria have the digest {digest}, not {wanted}.", digest=criteria.digest, wanted=wanted)
        raise UsageError(words)


def waivers(arguments: argparse.Namespace) -> tuple[Waiver, ...]:
    from verifier import rulebook

    return rulebook.load_waivers(Path(arguments.waivers)) if arguments.waivers else ()


def options(arguments: argparse.Namespace) -> tuple[str, ...]:
    """What a supplier must give again to get the same judgement of the same delivery; a file of elsewhere by its name alone."""
    given = vars(arguments)
    named = [(name, given.get(name)) for name in ("profile", "base")]
    files = [(name, _shown(given[name])) for name in ("criteria", "contract") if given.get(name)]
    made = [word for name, value in (*files, *named) if value for word in (f"--{name}", value)]
    made += [word for name in given.get("service") or () for word in ("--service", name)]
    return (*made, "--dirty") if given.get("dirty") else tuple(made)


def _shown(path: str) -> str:
    return Path(path).name if Path(path).is_absolute() or ".." in Path(path).parts else path


def read_report(name: str) -> Report:
    """A report.json, or the one in a folder."""
    path = Path(name) / "report.json" if Path(name).is_dir() else Path(name)
    try:
        return report_of(path.read_bytes(), path)[0]
    except OSError as error:
        raise UsageError(say("{path} cannot be read: {error}.", path=path, error=error.strerror)) from error


def report_of(content: bytes, path: Path) -> tuple[Report, dict[str, Any]]:
    """The report in a file's bytes, and the document that it was read from; `path` is for the sentence where it is none."""
    import json

    from verifier.report import from_dict

    try:
        document = json.loads(content)
        return from_dict(document), document
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise UsageError(say("{path} is not JSON: line {line}, column {column}.", path=path, **place)) from error
    except UnicodeDecodeError as error:
        raise UsageError(say("{path} is not JSON: it is not text in UTF-8.", path=path)) from error


def made_ready(asked: list[tuple[str, str]]) -> None:
    """Loads what `deliver` will need, beside work that waits for other programs. What goes wrong goes wrong there again."""

    def load() -> None:
        from verifier.words import french

        with suppress(Exception):
            french("")
            if any(kind in WITH_HTML for kind, _ in asked):
                from verifier.render import html

                html.ready()

    Thread(target=load, daemon=True).start()


def deliver(report: Report, evidence: Sequence[Evidence], asked: list[tuple[str, str]], language: str = "en") -> int:
    """Writes every document whole, then says where; the exit code is the verdict's."""
    from verifier.files import write, write_folder
    from verifier.report import to_dict
    from verifier.words import translator

    document = to_dict(report)
    for kind, path in asked:
        if path == STDOUT:
            show(document, kind, language)
        elif kind == "folder":
            files = folder(document, evidence, language)
            write_folder(Path(path), files)
            named = " · ".join((*(f"{path}/{name}" for name in files if "/" not in name), f"{path}/evidence/"))
            tr = translator(language)
            sys.stderr.write(tr("Report: {files}", files=named) + "\n")
        else:
            write(Path(path), _bytes(rendered(document, kind, language)))
    return EXIT[report.judgement.verdict]


def folder(document: dict[str, object], evidence: Sequence[Evidence], language: str = "en") -> dict[str, bytes]:
    """The files of a report's folder by their names in it."""
    files = {f"report.{kind}": _bytes(rendered(document, kind, language)) for kind in ("html", "json", "md")}
    return files | {f"evidence/{item.name}": item.content for item in evidence}


def print_out(content: str | bytes, kind: str) -> None:
    """To standard output; a PDF only where that is no terminal."""
    refuse_terminal(kind)
    if isinstance(content, str):
        sys.stdout.write(content)
    else:
        sys.stdout.buffer.write(content)


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def rendered(document: dict[str, object], kind: str, language: str = "en") -> str | bytes:
    """One document as text, or as bytes where it is a PDF. JSON holds both languages, and so does HTML."""
    from verifier.words import in_language

    form = pkgutil.resolve_name(FORMATS[kind])
    made: str | bytes
    if kind in BOTH_LANGUAGES:
        made = form(document, language)
    else:
        made = form(document) if kind == "json" else form(in_language(document, language), language)
    return made


def show(document: dict[str, object], kind: str, language: str) -> None:
    """On standard output; in colour and wrapped where that is a terminal that can."""
    if kind != "text" or not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        print_out(rendered(document, kind, language), kind)
        return
    from rich.console import Console

    from verifier.render.terminal import renderable
    from verifier.words import in_language

    Console(markup=False, highlight=False, emoji=False).print(renderable(in_language(document, language), language))
