"""verifier publish SERVICE REPORT: a report where people look."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli import documents, unposted
from verifier.cli.language import add_language, language
from verifier.errors import UsageError
from verifier.render.inert import inert
from verifier.words import Translate, said, say

if TYPE_CHECKING:
    from verifier.publish import Order, Publisher

NOT_POSTED = 3
SIGNED = ".sigstore.json"
LARGEST = 16 * 1024 * 1024
"""Bytes of a signed statement."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "publish",
        help=tr("post a report where people look"),
        description=tr(
            "Posts a report, or a signed assessment or acceptance report, to a service. What is posted is shown and "
            "decides nothing; what says the same already is left as it is."
        ),
        epilog=tr("Exit codes: 0 posted or not needed, 2 usage, 3 something could not be posted."),
    )
    command.add_argument("service", metavar=tr("WHERE"), help=tr("github, gitlab or that of a plug-in"))
    command.add_argument(
        "report",
        metavar=tr("REPORT"),
        help=tr("report.json, the folder that holds it, a signed statement, or the store of workers' reports"),
    )
    command.add_argument(
        "--post",
        action="append",
        default=[],
        metavar=tr("WHAT"),
        help=tr("of GitHub: status, check, comment, sarif, release, attestation; of GitLab: status; repeats"),
    )
    command.add_argument("--repository", default="", metavar=tr("NAME"), help=tr("where to (default: the job's)"))
    command.add_argument("--change", default="", metavar=tr("NUMBER"), help=tr("the pull request (default: the job's)"))
    command.add_argument(
        "--ref", default="", metavar=tr("REF"), help=tr("the branch of the commit, as refs/heads/main")
    )
    command.add_argument("--release", default="", metavar=tr("TAG"), help=tr("the release that gets the file"))
    command.add_argument("--page", default="", metavar=tr("URL"), help=tr("a page that posts link to"))
    command.add_argument("--api", default="", metavar=tr("URL"), help=tr("address of the service's API"))
    command.add_argument("--token-env", metavar=tr("NAME"), help=tr("environment variable that holds the access token"))
    add_language(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0, or 3 where something is missing that was asked for."""
    from verifier.fleet.store import is_store
    from verifier.publish.installed import publisher

    service = publisher(arguments.service)
    if is_store(Path(arguments.report)):
        if not arguments.post:
            raise UsageError(say("Say what to post with --post: {known}.", known=", ".join(service.kinds)))
        missing = unposted.run(arguments, service, lambda one: _post(one, service))
    else:
        missing = _post(arguments, service)
    return NOT_POSTED if missing else 0


def _post(arguments: argparse.Namespace, service: Publisher) -> bool:
    """Whether something of it is missing."""
    spoken = language(arguments)
    missing = False
    for posted in service.publish(_order(arguments, service, spoken)):
        missing |= posted.missing
        sys.stderr.write(f"{inert(said(posted.words, spoken))}\n")
    return missing


def _order(arguments: argparse.Namespace, service: Publisher, spoken: str) -> Order:
    from verifier.files import read
    from verifier.publish import Order
    from verifier.report import to_dict

    path = Path(arguments.report)
    is_signed = path.name.endswith(SIGNED)
    return Order(
        kinds=_kinds(arguments, service, signed=is_signed),
        environment=dict(os.environ),
        language=spoken,
        report=None if is_signed else to_dict(documents.read_report(arguments.report)),
        signed=read(path, most=LARGEST) if is_signed else None,
        name=path.name,
        repository=arguments.repository,
        api=arguments.api,
        token=os.environ.get(arguments.token_env or f"{service.name.upper()}_TOKEN", "").strip(),
        change=arguments.change,
        ref=arguments.ref,
        release=arguments.release,
        page=arguments.page,
    )


def _kinds(arguments: argparse.Namespace, service: Publisher, *, signed: bool) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(arguments.post))
    if not asked:
        raise UsageError(say("Say what to post with --post: {known}.", known=", ".join(service.kinds)))
    fitting = [kind for kind in service.kinds if (kind in service.signed) is signed]
    if wrong := [kind for kind in asked if kind not in fitting]:
        known = ", ".join(fitting)
        if wrong[0] in service.kinds:
            words = say("{kind} is not made of this file; of it there are: {known}.", kind=wrong[0], known=known)
        else:
            words = say(
                "{service} has no {kind}; there are: {known}.", service=service.name, kind=wrong[0], known=known
            )
        raise UsageError(words)
    return asked
