"""verifier record new: begins a contract, from an opportunity in both languages or by asking one thing after the other."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from verifier.cli import documents
from verifier.cli.language import add_language, language
from verifier.cli.recording import add_record, settings_of
from verifier.errors import CriteriaError, UsageError
from verifier.words import Text, Translate, later, say

OPTIONS = {
    "id": (later("ID"), later("the contract's id, such as MA-2026-014")),
    "supplier": (later("NAME"), later("who delivers, as the trust policy names the person")),
    "requester": (later("NAME"), later("who agrees the contract for the buyer, as the trust policy names the person")),
    "payee": (later("NAME"), later("who is paid, as the invoice will name them")),
    "repository": (later("URL"), later("the address where the delivery is made")),
    "licence": (later("TEXT"), later("the licence of the delivery, an SPDX expression such as MIT")),
    "commitment": (
        later("TEXT"),
        later("the reference of the funds reserved under section 32 of the Financial Administration Act"),
    ),
    "awarded": (later("DATE"), later("the day of the award")),
    "due": (later("DATE"), later("the day of delivery (default: the opportunity's)")),
    "ends": (later("DATE"), later("the last day on which something may be paid under it")),
    "currency": (later("CURRENCY"), later("the currency (default: the only one that has a ceiling in record.yml)")),
    "tax": (later("AMOUNT"), later("the tax (default: by the rate in record.yml)")),
}
CRITERIA = "criteria.yml"


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser(
        "new",
        help=tr("begin a contract: its draft, from an opportunity or by questions"),
        description=tr(
            "Writes the draft of a contract into the record: from the English and the French file of an opportunity, or by "
            "asking one thing after the other. Nobody has signed it then; what is not known yet is left to be filled in."
        ),
    )
    told = tr("an opportunity as the Micro-Acquisition pilot posted it; give the English and the French file")
    command.add_argument("--opportunity", action="append", default=[], type=Path, metavar=tr("FILE"), help=told)
    for name, (metavar, words) in OPTIONS.items():
        command.add_argument(f"--{name}", metavar=tr(metavar), help=tr(words))
    documents.add_profile(command, tr)
    add_record(command, tr)
    add_language(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; 2 for what cannot be right. Then, and where it is interrupted, nothing is written."""
    from verifier.files import write_folder
    from verifier.procurement import draft
    from verifier.procurement.store import DRAFT, Store

    settings = settings_of(arguments)
    if settings is None:
        raise UsageError(say("Give --record, the folder of the procurement record."))
    store, guardrails = Store(settings.folder), settings.section("guardrails")
    criteria = _criteria(arguments)
    given = _given(arguments, guardrails, store)
    content = draft.written(draft.terms(given, guardrails), language(arguments))
    place = store.place(given["id"])
    place.parent.mkdir(exist_ok=True)
    write_folder(place, {DRAFT: content.encode(), **criteria})
    _tell(place / DRAFT, arguments)
    return 0


def _given(arguments: argparse.Namespace, guardrails: Mapping[str, Any], store: Any) -> dict[str, Any]:
    """What was typed, then what the opportunity says, then what is asked."""
    from verifier.procurement import draft

    typed = {name: value for name in OPTIONS if (value := getattr(arguments, name)) is not None}
    options = {name: draft.value(name, value) for name, value in typed.items()}
    if "id" in options:
        _refuse_known(options["id"], store)
    posted = _posted(arguments.opportunity)
    if posted.get("currency", options.get("currency")) != options.get("currency", posted.get("currency")):
        raise UsageError(say("The opportunity is in {currency}.", currency=posted["currency"]))
    usual = draft.usual_currency(guardrails)
    given = {**({"currency": usual} if usual else {}), **posted, **options}
    if not arguments.opportunity:
        return _asked(given, guardrails, language(arguments), store)
    for name in ("id", "currency"):
        if name not in given:
            raise UsageError(say("Give --{option}.", option=name))
    return given


def _posted(paths: list[Path]) -> dict[str, Any]:
    if not paths:
        return {}
    from verifier.files import read_plain
    from verifier.procurement import opportunity

    files = [opportunity.read(read_plain(path, most=opportunity.MOST), str(path)) for path in paths]
    return opportunity.together(files)


def _asked(given: Mapping[str, Any], guardrails: Mapping[str, Any], spoken: str, store: Any) -> dict[str, Any]:
    """Raises UsageError where nobody is there, or whoever is there stops."""
    from verifier.procurement import intake

    if not sys.stdin.isatty():
        raise UsageError(say("Nobody is there to be asked; give the files of an opportunity with --opportunity."))

    def ask(question: Text) -> str:
        tell(question, end="")
        typed = sys.stdin.readline()
        if not typed:
            raise UsageError(say("Stopped; nothing was written."))
        return typed

    def tell(words: Text, end: str = "\n") -> None:
        sys.stderr.write(words.in_language(spoken) + end)
        sys.stderr.flush()

    return intake.asked(given, guardrails, ask=ask, tell=tell, refuse=lambda typed: _refuse_known(typed, store))


def _refuse_known(contract: str, store: Any) -> None:
    if store.place(contract).exists():
        raise UsageError(say("The record has a contract {id} already; give another id.", id=contract))


def _criteria(arguments: argparse.Namespace) -> dict[str, bytes]:
    """The buyer's own criteria, to lie beside the contract. Raises UsageError for those that need files beside them."""
    from tempfile import TemporaryDirectory

    from verifier import rulebook

    documents.criteria_of(arguments, None)
    if not arguments.criteria:
        return {}
    content = Path(arguments.criteria).read_bytes()
    with TemporaryDirectory() as folder:
        copy = Path(folder) / CRITERIA
        copy.write_bytes(content)
        try:
            rulebook.load_criteria(copy)
        except CriteriaError as error:
            told = say(
                "{file} names lists that lie beside it; only criteria in one file are kept.", file=arguments.criteria
            )
            raise UsageError(told) from error
    return {CRITERIA: content}


def _tell(path: Path, arguments: argparse.Namespace) -> None:
    spoken = language(arguments)
    chosen = f" --criteria {path.parent / CRITERIA}" if arguments.criteria else ""
    if arguments.profile:
        chosen = f" --profile {arguments.profile}"
    then = say(
        "Fill in what is missing, then: verifier sign {path}{criteria} --record {record} --key file:requester.key",
        path=path,
        criteria=chosen,
        record=arguments.record,
    )
    for line in (say("Written: {path}", path=path), then):
        sys.stderr.write(line.in_language(spoken) + "\n")
