"""verifier diff A B: two rounds' reports, two criteria files or two versions of a contract, side by side."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.cli import documents, signing
from verifier.cli.language import add_language, language
from verifier.errors import UsageError
from verifier.words import LANGUAGES, Translate, in_language, later, say

if TYPE_CHECKING:
    from verifier.render.compared import Change
    from verifier.statements.statement import Statement

REPORT, CRITERIA, CONTRACT = "report", "criteria", "contract"
KINDS = {REPORT: later("a report"), CRITERIA: later("criteria"), CONTRACT: later("a contract")}
YAML = (".yml", ".yaml")
OF_CRITERIA = frozenset({"criteria", "extends"})
"""Names that a criteria file has at its top, and a contract never."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "diff",
        help=tr("show what changed between two rounds, two criteria files or two versions of a contract"),
        description=tr(
            "Compares two reports (report.json or its folder): findings fixed, new and still there, criteria that came out "
            "otherwise, measures that moved. Or two criteria files, or two versions of a contract (YAML, or signed): old and "
            "new, place by place. Signatures are not checked here; `verifier verify` does."
        ),
    )
    command.add_argument("before", type=Path, metavar=tr("BEFORE"), help=tr("the earlier one"))
    command.add_argument("after", type=Path, metavar=tr("AFTER"), help=tr("the later one"))
    command.add_argument("--json", action="store_true", help=tr("as JSON"))
    documents.add_profile(command, tr)
    add_language(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0, whatever is other; 2 for what cannot be compared."""
    kinds = _kind(arguments.before), _kind(arguments.after)
    if len(set(kinds)) > 1:
        first, second = (say(KINDS[kind]) for kind in kinds)
        raise UsageError(say("{first} and {second} cannot be compared.", first=first, second=second))
    if kinds[0] == REPORT:
        _reports(arguments)
    else:
        _tell(kinds[0], _criteria(arguments) if kinds[0] == CRITERIA else _contracts(arguments), arguments)
    return 0


def _kind(path: Path) -> str:
    """By what the file says. Raises UsageError for what is none of them."""
    if path.is_dir():
        return REPORT
    if path.suffix in YAML:
        from verifier.rulebook.document import read

        data = read(path).data
        return CRITERIA if isinstance(data, Mapping) and OF_CRITERIA & data.keys() else CONTRACT
    from verifier.report import READ

    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(say("{path} cannot be read: {error}.", path=path, error=error.strerror)) from error
    except (ValueError, RecursionError) as error:
        words = say("{path} is neither a report, nor a signed statement, nor YAML.", path=path)
        raise UsageError(words) from error
    return REPORT if isinstance(document, dict) and document.get("schema") in READ else CONTRACT


def _reports(arguments: argparse.Namespace) -> None:
    from verifier.compare import rounds
    from verifier.render.rounds import to_document, to_text
    from verifier.report import to_dict

    both = [to_dict(documents.read_report(str(path))) for path in (arguments.before, arguments.after)]
    if arguments.json:
        _print({"kind": REPORT, **to_document(rounds(*both), *both)})
        return
    spoken = language(arguments)
    before, after = (in_language(one, spoken) for one in both)
    sys.stdout.write(to_text(rounds(before, after), before, after, spoken))


def _criteria(arguments: argparse.Namespace) -> list[Change]:
    from verifier.render.compared import between, criteria_places
    from verifier.rulebook import load_criteria

    old, new = (criteria_places(load_criteria(path)) for path in (arguments.before, arguments.after))
    return list(between(old, new))


def _contracts(arguments: argparse.Namespace) -> list[Change]:
    from verifier.render.compared import differences

    signed = {path: _signed(path) for path in (arguments.before, arguments.after) if path.suffix not in YAML}
    if signed and not (arguments.criteria or arguments.profile):
        arguments.profile = next(iter(signed.values())).predicate["criteria"]["profile"]
    old, new = (signed.get(path) or _written(path, arguments) for path in (arguments.before, arguments.after))
    return list(differences(old, new))


def _signed(path: Path) -> Statement:
    """What a signed file says, of its shape. Raises UsageError for another statement than a contract, TrustError for none."""
    from verifier.statements import envelope, statement, uris
    from verifier.trust import shapes

    found = statement.read(envelope.read(signing.content(path)).payload)
    if found.predicate_type != uris.CONTRACT:
        raise UsageError(say("{path} is not a signed {kind}.", path=path, kind=shapes.SCHEMAS[uris.CONTRACT]))
    shapes.check(found)
    return found


def _written(path: Path, arguments: argparse.Namespace) -> Statement:
    """A contract file as it would be signed, under the criteria that were named."""
    from verifier import drafts, rulebook

    agreed = rulebook.load_contract(path)
    return drafts.contract(agreed, documents.criteria_of(arguments, agreed))


def _tell(kind: str, changes: list[Change], arguments: argparse.Namespace) -> None:
    from verifier.render.compared import told

    if arguments.json:
        places = [{"place": place, "before": old, "after": new} for place, old, new in changes]
        _print({"kind": kind, "changes": places})
    else:
        spoken = language(arguments)
        sys.stdout.write(told(_spoken(changes, spoken) if kind == CRITERIA else changes).in_language(spoken))


def _spoken(changes: list[Change], spoken: str) -> list[Change]:
    """Without what is said in the other language. Of a contract both are shown: who signs one signs the other."""
    others = {one for one in LANGUAGES if one != spoken}
    return [change for change in changes if change[0].rpartition("/")[2] not in others]


def _print(document: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
