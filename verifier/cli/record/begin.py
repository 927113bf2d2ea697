"""verifier record init FOLDER: begins a procurement record."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from verifier.cli.language import add_language, language
from verifier.errors import UsageError
from verifier.words import Translate, say

SETTINGS = """# What this procurement record goes by; what is not said here is as in rules/record.yml.
# The ledger is named from this folder on. Whom to trust stands in no record: --trust or $VERIFIER_TRUST say it.
ledger: {ledger}
# organisation:
#   name: {{en: Employment and Social Development Canada, fr: Emploi et Développement social Canada}}
#   id: CA-FED-ESDC
# payer:
#   endpoint: https://pay.example.org/releases
#   token: PAYER_TOKEN
"""


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser("init", help=tr("begin a record: a folder with its record.yml"))
    command.add_argument("folder", type=Path, metavar=tr("FOLDER"), help=tr("where to; it does not exist, or is empty"))
    told = tr("the ledger's file, from the record's folder on (default: {default})", default="../payments.ledger")
    command.add_argument("--ledger-file", default="../payments.ledger", metavar=tr("LEDGER"), help=told)
    add_language(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from verifier.files import write
    from verifier.procurement.settings import NAME

    folder: Path = arguments.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(say("{path} exists and is not empty.", path=folder))
    folder.mkdir(parents=True, exist_ok=True)
    written = SETTINGS.format(ledger=arguments.ledger_file)
    write(folder / NAME, written.encode())
    sys.stderr.write(say("Written: {path}", path=folder / NAME).in_language(language(arguments)) + "\n")
    return 0
