"""verifier assess DELIVERY: the main job."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from verifier.cli import caching, documents
from verifier.cli.language import add_language, language
from verifier.words import Text, Translate

SERVICES = ("postgresql", "redis")
"""As in `services` of rules/criteria.schema.json."""

if TYPE_CHECKING:
    from verifier.checkout import Request
    from verifier.model import Kind
    from verifier.pipeline import Assessed
    from verifier.policy import Criteria


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "assess",
        help=tr("check a delivery against acceptance criteria"),
        description=tr(
            "Checks a delivery: a git URL (https, ssh) with @branch, @tag or @commit, a local repository, a folder "
            "or a source archive."
        ),
        epilog=tr(
            "Writes verifier-report/ and prints the result. A run on your own machine is a self-check: it decides nothing."
        ),
    )
    command.add_argument("delivery", metavar=tr("DELIVERY"), help=tr("URL[@REF] or path"))
    group = documents.add_criteria(command, tr)
    group.add_argument(
        "--criteria-digest", default="", metavar=tr("DIGEST"), help=tr("refuse criteria that have another digest")
    )
    command.add_argument(
        "--only", action="append", default=[], metavar=tr("TOPIC"), help=tr("run only this topic or checker; repeats")
    )
    add_judged(command, tr)
    command.add_argument("--dirty", action="store_true", help=tr("judge the work tree instead of the commit at HEAD"))
    command.add_argument(
        "--fail-fast",
        action="store_true",
        help=tr("stop at the first required criterion that is not met; in a self-check only"),
    )
    add_language(command, tr)
    documents.add_output(command, tr)
    caching.add(command, tr)
    add_access(command, tr)
    command.set_defaults(run=run)


def add_judged(command: argparse.ArgumentParser, tr: Translate) -> None:
    """What of a delivery is judged, and with what beside it."""
    command.add_argument("--base", metavar=tr("COMMIT"), help=tr("judge what changed since this commit"))
    command.add_argument(
        "--service",
        action="append",
        default=[],
        choices=SERVICES,
        help=tr("run this beside the tests although the criteria do not declare it; repeats"),
    )


def add_access(command: argparse.ArgumentParser, tr: Translate) -> None:
    """How the git server is reached."""
    access = command.add_argument_group(tr("access"))
    access.add_argument("--token-env", metavar=tr("NAME"), help=tr("environment variable that holds the access token"))
    access.add_argument(
        "--credential-helper", action="store_true", help=tr("ask the credential helper of your git configuration")
    )
    add_way(access, tr)


def add_way(command: argparse._ActionsContainer, tr: Translate) -> None:
    """The same of who goes there as a stranger."""
    command.add_argument("--ca", metavar=tr("FILE"), help=tr("certificate authority of the git server"))
    command.add_argument("--proxy", metavar=tr("URL"), help=tr("proxy for the git server"))


def access(arguments: argparse.Namespace) -> dict[str, Any]:
    """The same, as a request has it."""
    from pathlib import Path

    return {
        "token_env": arguments.token_env,
        "credential_helper": arguments.credential_helper,
        "ca": Path(arguments.ca) if arguments.ca else None,
        "proxy": arguments.proxy,
    }


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0, 1 or 3, by the verdict."""
    from verifier.cli.progress import Display

    outputs = documents.outputs(arguments)
    spoken = language(arguments)
    ready = asked(arguments, lambda why: sys.stderr.write(why.in_language(spoken) + "\n"))
    documents.made_ready(outputs)
    with Display(spoken, since=os.environ.get("VERIFIER_STARTED", "")) as display:
        cache = caching.opened(arguments, display.said)
        found = ready(progress=display.told, outlook=display.outlook, cache=cache)
    return documents.deliver(found.report, found.evidence, outputs, spoken)


def asked(arguments: argparse.Namespace, tell: Callable[[Text], object] = lambda _: None) -> Callable[..., Assessed]:
    """What the command line asks for, read and found right, as a function that assesses it and takes what is of the machine:
    a `progress`, an `outlook` and a `cache`.

    `tell` is told whether that is official, where somebody could think so. Raises what is wrong with what was typed.
    """
    from verifier.pipeline import assess

    criteria, contract = documents.criteria(arguments)
    documents.check_digest(criteria, arguments.criteria_digest)
    waivers = documents.waivers(arguments)
    request = request_of(arguments, criteria)
    return partial(
        assess,
        request,
        criteria,
        contract=contract,
        kind=_kind(arguments, criteria, request, tell),
        only=arguments.only,
        services=tuple(arguments.service),
        waivers=waivers,
        options=documents.options(arguments),
        fail_fast=arguments.fail_fast,
    )


def _kind(arguments: argparse.Namespace, criteria: Criteria, request: Request, tell: Callable[[Text], object]) -> Kind:
    """Official under a signed contract only; where one is given and the run is none, it says why."""
    from verifier.agreed import kind
    from verifier.model import Kind

    if not arguments.contract or not documents.is_signed(arguments.contract):
        return Kind.SELF_CHECK
    _, signed = documents.signed_contract(arguments)
    whole = not (arguments.only or arguments.service or arguments.dirty)
    found, why = kind(signed, criteria, where=request.where, ref=request.ref, whole=whole)
    tell(why)
    return found


def request_of(arguments: argparse.Namespace, criteria: Criteria) -> Request:
    """The delivery that was named, within the limits of the criteria."""
    from verifier.checkout import Limits, Request, split_ref

    where, ref = split_ref(arguments.delivery)
    limits = criteria.limits
    return Request(
        where=where,
        ref=ref,
        base=arguments.base,
        dirty=vars(arguments).get("dirty", False),
        limits=Limits(
            repository_bytes=limits.repository, files=limits.files, file_bytes=limits.file, seconds=limits.checkout_time
        ),
        **access(arguments),
    )
