"""verifier assess DELIVERY: the main job."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from verifier.cli import documents
from verifier.cli.language import language

SERVICES = ("postgresql", "redis")
"""As in `services` of rules/criteria.schema.json."""

if TYPE_CHECKING:
    from verifier.checkout import Request
    from verifier.policy import Criteria


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "assess",
        help="check a delivery against acceptance criteria",
        description="Checks a delivery: a git URL (https, ssh) with @branch, @tag or @commit, a local repository, a folder "
        "or a source archive.",
        epilog="Writes verifier-report/ and prints the result. A run on your own machine is a self-check: it decides nothing.",
    )
    command.add_argument("delivery", metavar="DELIVERY", help="URL[@REF] or path")
    documents.add_criteria(command)
    command.add_argument(
        "--only", action="append", default=[], metavar="TOPIC", help="run only this topic or checker; repeats"
    )
    command.add_argument("--base", metavar="COMMIT", help="judge what changed since this commit")
    command.add_argument(
        "--service",
        action="append",
        default=[],
        choices=SERVICES,
        help="run this beside the tests although the criteria do not declare it; repeats",
    )
    command.add_argument("--dirty", action="store_true", help="judge the work tree instead of the commit at HEAD")
    documents.add_language(command)
    documents.add_output(command)
    access = command.add_argument_group("access")
    access.add_argument("--token-env", metavar="NAME", help="environment variable that holds the access token")
    access.add_argument(
        "--credential-helper", action="store_true", help="ask the credential helper of your git configuration"
    )
    access.add_argument("--ca", metavar="FILE", help="certificate authority of the git server")
    access.add_argument("--proxy", metavar="URL", help="proxy for the git server")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0, 1 or 3, by the verdict."""
    from verifier.cli.progress import Display
    from verifier.pipeline import assess

    outputs = documents.outputs(arguments)
    criteria, contract = documents.criteria(arguments)
    waivers = documents.waivers(arguments)
    request = _request(arguments, criteria)
    with Display(language(arguments)) as display:
        assessed = assess(
            request,
            criteria,
            contract=contract,
            only=arguments.only,
            services=tuple(arguments.service),
            waivers=waivers,
            options=documents.options(arguments),
            progress=display.told,
        )
    return documents.deliver(assessed.report, assessed.evidence, outputs, language(arguments))


def _request(arguments: argparse.Namespace, criteria: Criteria) -> Request:
    from pathlib import Path

    from verifier.checkout import Limits, Request, split_ref

    where, ref = split_ref(arguments.delivery)
    limits = criteria.limits
    return Request(
        where=where,
        ref=ref,
        base=arguments.base,
        dirty=arguments.dirty,
        limits=Limits(
            repository_bytes=limits.repository, files=limits.files, file_bytes=limits.file, seconds=limits.checkout_time
        ),
        token_env=arguments.token_env,
        credential_helper=arguments.credential_helper,
        ca=Path(arguments.ca) if arguments.ca else None,
        proxy=arguments.proxy,
    )
