"""verifier worker: assesses what is in the queue, one delivery at a time, until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
from functools import partial

from verifier.cli import assess, caching, fleet, signing
from verifier.cli.language import add_language
from verifier.cli.submit import words
from verifier.errors import UsageError
from verifier.words import Translate, say


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "worker",
        help=tr("assess deliveries from the queue"),
        description=tr(
            "Takes deliveries from the queue, one at a time, assesses them as `verifier assess` does and leaves the reports in "
            "the store. It holds no key; `verifier sign STORE` signs, as another process. SIGTERM ends it when its delivery is "
            "assessed, a second one at once: the delivery waits again."
        ),
        epilog=tr("Its log is one line of JSON an event, on standard error."),
    )
    fleet.add_queue(command, tr)
    fleet.add_store(command, tr)
    told = tr("how long an assessment may take (default: {n})", n=7200)
    command.add_argument("--time-limit", type=int, default=7200, metavar=tr("SECONDS"), help=told)
    told = tr("how long a running assessment is waited for after SIGTERM (default: {n})", n=600)
    command.add_argument("--grace", type=int, default=600, metavar=tr("SECONDS"), help=told)
    told = tr("how often a delivery is tried when the machine or the network is at fault (default: {n})", n=3)
    command.add_argument("--tries", type=int, default=3, metavar=tr("NUMBER"), help=told)
    told = tr("after how long a silent worker's delivery is another's (default: {n})", n=30)
    command.add_argument("--silent", type=int, default=30, metavar=tr("SECONDS"), help=told)
    told = tr("answer /health and /metrics at this port of 127.0.0.1")
    command.add_argument("--metrics", type=int, metavar=tr("PORT"), help=told)
    command.add_argument("--until-empty", action="store_true", help=tr("end when nothing waits any more"))
    signing.add_trust(command, tr)
    caching.add(command, tr)
    assess.add_access(command, tr)
    add_language(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    address = fleet.queue(arguments)
    store = fleet.store(arguments)
    from verifier.fleet import log
    from verifier.fleet.watched import serving
    from verifier.fleet.worker import Rules, Worker
    from verifier.sandbox import kept

    if min(arguments.time_limit, arguments.tries, arguments.silent) < 1 or arguments.grace < 0:
        raise UsageError(say("Times and tries are whole numbers of 1 or more; --grace may be 0."))
    rules = Rules(
        beat=arguments.silent / 3,
        stalled=arguments.silent,
        limit=arguments.time_limit,
        grace=arguments.grace,
        tries=arguments.tries,
        until_empty=arguments.until_empty,
    )
    log.to_standard_error()
    with kept() as hub:
        worker = Worker(address, store, partial(fleet.assess, words=words(arguments), hub=hub), rules)
        with serving(arguments.metrics, worker.meters.registry, lambda: worker.healthy) as port:
            if port:
                log.note("watched", port=port)
            asyncio.run(worker.run())
    return 0
