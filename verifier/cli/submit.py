"""verifier submit DELIVERY: puts a delivery into the queue, from which workers take it."""

from __future__ import annotations

import argparse
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli import assess, caching, documents, fleet, sign, signing
from verifier.cli.language import add_language, language
from verifier.errors import UsageError
from verifier.words import Text, Translate, say

if TYPE_CHECKING:
    from verifier.fleet.queue import Queued
    from verifier.fleet.submission import Submission
    from verifier.procurement.expected import Expected
    from verifier.trust.signed import Signed

MOST = 4 * 1024 * 1024
"""Bytes of a criteria file or a contract."""
CONTRACT = "contract"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "submit",
        help=tr("put a delivery into the queue for workers"),
        description=tr(
            "Puts a delivery, a git repository at one commit, into the queue from which workers take it. What is there already "
            "under the same criteria is not put there twice. Suppliers take turns, however much each of them submits."
        ),
        epilog=tr("Prints the digest under which the report will lie in the store."),
    )
    command.add_argument("delivery", metavar=tr("DELIVERY"), help=tr("URL[@REF], or the path of a repository"))
    group = documents.add_criteria(command, tr, waivers=False)
    group.add_argument("--milestone", metavar=tr("ID"), help=tr("the milestone (default: the contract's only one)"))
    told = tr("the round of delivery (default: 1)")
    group.add_argument("--round", type=int, default=1, metavar=tr("NUMBER"), help=told)
    assess.add_judged(command, tr)
    queue = command.add_argument_group(tr("queue"))
    fleet.add_queue(queue, tr)
    told = tr("from -9 to 9: the higher ones come first (default: 0)")
    queue.add_argument("--priority", type=int, default=0, metavar=tr("NUMBER"), help=told)
    told = tr("assess it here and now, without a queue, and leave the report in --store")
    queue.add_argument("--now", action="store_true", help=told)
    fleet.add_store(queue, tr)
    caching.add(command, tr)
    assess.add_access(command, tr)
    add_language(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; with --now by the verdict, as `verifier assess`."""
    if arguments.now:
        return _now(arguments)
    from verifier.fleet.queue import opened

    address = fleet.queue(arguments)
    made = submission(arguments)
    with opened(address) as queue:
        queued = queue.submit(made)
    sys.stderr.write(_told(queued).in_language(language(arguments)) + "\n")
    sys.stdout.write(f"{queued.submission.digest}\n")
    return 0


def _told(queued: Queued) -> Text:
    from verifier.cli.queue import STATES

    if queued.new:
        return say("Submitted: number {n}.", n=queued.number)
    return say("It is in the queue already: number {n}, {state}.", n=queued.number, state=say(STATES[queued.state]))


def _now(arguments: argparse.Namespace) -> int:
    from verifier.cli.documents import EXIT

    store, made = fleet.store(arguments), submission(arguments)
    if not store.has(made.digest):
        with store.making() as folder:
            fleet.assess(made, folder, words=words(arguments))
            store.keep(folder, made)
    place = store.place(made.digest)
    report, _ = documents.report_of((place / "report.json").read_bytes(), place)
    sys.stderr.write(say("Report: {files}", files=place).in_language(language(arguments)) + "\n")
    sys.stdout.write(f"{made.digest}\n")
    return EXIT[report.judgement.verdict]


def words(arguments: argparse.Namespace) -> tuple[str, ...]:
    """What a machine adds to the command line of an assessment: whom it trusts, its caches, and how it reaches the git server."""
    given = vars(arguments)
    made = ["--trust", str(Path(arguments.trust).absolute())]
    for name in ("token_env", "ca", "proxy"):
        if given[name]:
            value = str(Path(given[name]).absolute()) if name == "ca" else given[name]
            made += [f"--{name.replace('_', '-')}", value]
    return (*made, *caching.words(arguments), *(("--credential-helper",) if arguments.credential_helper else ()))


def submission(arguments: argparse.Namespace) -> Submission:
    """What is to be put there. Raises what `verifier assess` raises before it begins."""
    from verifier.checkout.named import named
    from verifier.fleet.submission import LEAST, Submission, supplier_of
    from verifier.fleet.submission import MOST as HIGHEST

    if not LEAST <= arguments.priority <= HIGHEST:
        raise UsageError(say("--priority is a number from {least} to {most}.", least=LEAST, most=HIGHEST))
    criteria, _ = documents.criteria(arguments)
    request = assess.request_of(arguments, criteria)
    where = str(Path(request.where).absolute()) if Path(request.where).exists() else request.where
    signed = _signed(arguments)
    files, options, contract = _files(arguments, signed)
    return Submission(
        id=secrets.token_hex(16),
        time=signing.now(),
        where=where,
        commit=named(request),
        criteria=criteria.digest,
        supplier=signed.statement.predicate["supplier"] if signed else supplier_of(where),
        contract=contract,
        milestone=sign.milestone_of(signed, arguments) if signed else "",
        round=arguments.round,
        base=arguments.base or "",
        services=tuple(arguments.service),
        options=options,
        files=files,
        priority=arguments.priority,
    )


def expected_submission(arguments: argparse.Namespace, wanted: Expected, ref: str, id_: str) -> Submission:
    """What a contract of the record expects, delivered at this reference; with the trust policy of the command line."""
    from dataclasses import replace

    from verifier.procurement.store import Store

    about = {
        "delivery": f"{wanted.repository}@{ref}",
        "contract": str(Store(Path(arguments.record)).place(wanted.contract)),
        "milestone": wanted.milestone,
        "round": wanted.round,
    }
    rest = dict.fromkeys(("criteria", "profile", "base", "token_env", "ca", "proxy"))
    made = argparse.Namespace(
        **vars(arguments) | rest | about | {"service": [], "priority": 0, "credential_helper": False}
    )
    return replace(submission(made), id=id_)


def _signed(arguments: argparse.Namespace) -> Signed | None:
    """The contract that both parties signed, where one is given."""
    if not arguments.contract or not documents.is_signed(arguments.contract):
        return None
    return documents.signed_contract(arguments)[1]


def _files(arguments: argparse.Namespace, signed: Signed | None) -> tuple[dict[str, str], tuple[str, ...], str]:
    """The files that go with it, the options that name them, and the digest of the contract."""
    from hashlib import sha256

    files, options, contract = {}, [], ""
    if arguments.criteria:
        name = Path(arguments.criteria).name
        files[name] = _text(Path(arguments.criteria))
        options += ["--criteria", name]
    if arguments.profile:
        options += ["--profile", arguments.profile]
    if signed is not None:
        files |= {f"{CONTRACT}/{path.name}": _text(path) for path in _of_contract(arguments)}
        options += ["--contract", CONTRACT]
        contract = signed.digest
    elif arguments.contract:
        name = f"{CONTRACT}.yml"
        files[name] = _text(Path(arguments.contract))
        options += ["--contract", name]
        contract = sha256(files[name].encode()).hexdigest()
    if arguments.base:
        options += ["--base", arguments.base]
    options += [word for one in arguments.service for word in ("--service", one)]
    return files, tuple(options), contract


def _of_contract(arguments: argparse.Namespace) -> list[Path]:
    """The contract's own statements among those that were named."""
    from verifier.statements import uris

    trust = signing.policy(arguments, signing.now())
    return [
        path
        for path in signing.paths([arguments.contract])
        if any(one.type == uris.CONTRACT for one in signing.read([str(path)], trust))
    ]


def _text(path: Path) -> str:
    from verifier.files import read

    return read(path, most=MOST).decode("utf-8")
