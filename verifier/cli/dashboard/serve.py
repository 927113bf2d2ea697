"""verifier dashboard serve: the same pages live, and for people who sign in what they may prepare."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli import fleet, signing
from verifier.cli.dashboard.sources import add_sources, sources
from verifier.cli.dashboard.theme import add_theme, theme_of
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.cli.submit import expected_submission
from verifier.errors import UsageError
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.dashboard.serve.hook import Hook
    from verifier.dashboard.serve.log import Counted
    from verifier.dashboard.serve.settings import Provider, Settings
    from verifier.fleet.queue import Queued
    from verifier.procurement.expected import Expected
    from verifier.procurement.records import Records

SECRET = "VERIFIER_CLIENT_SECRET"  # noqa: S105 - the name of the variable that holds it
MOST_SECRET = 4096


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser("serve", help=tr("serve the pages, made when they are asked for"))
    command.add_argument("--host", default="127.0.0.1", metavar=tr("ADDRESS"), help=tr("listen there"))
    command.add_argument("--port", type=int, default=8413, metavar=tr("PORT"), help=tr("listen on this port"))
    told = tr("where people reach it, such as https://dashboard.example.org (default: where it listens)")
    command.add_argument("--base-url", metavar=tr("URL"), help=told)
    told = tr("the reverse proxy, by its address: what it says of clients is believed")
    command.add_argument("--proxy", metavar=tr("ADDRESS"), help=told)
    group = command.add_argument_group(tr("signing in"))
    told = tr("who vouches for people, by OpenID Connect: the issuer's address")
    group.add_argument("--issuer", metavar=tr("URL"), help=told)
    group.add_argument("--client-id", metavar=tr("ID"), help=tr("what this server is called there"))
    told = tr("read the client's secret there (default: ${variable})", variable=SECRET)
    group.add_argument("--client-secret-file", type=Path, metavar=tr("FILE"), help=told)
    reading = group.add_mutually_exclusive_group()
    reading.add_argument("--sign-in-to-read", action="store_true", help=tr("show nothing to who is not signed in"))
    told = tr("show everything to whoever reaches the server, also from other machines")
    reading.add_argument("--open-reading", action="store_true", help=told)
    hooks = command.add_argument_group(tr("deliveries"))
    told = tr("take GitHub's push and release events at {address}; read their secret there", address="/hooks/github")
    hooks.add_argument("--hook-secret-file", type=Path, metavar=tr("FILE"), help=told)
    fleet.add_queue(hooks, tr)
    told = tr("answer /health and /metrics at this port of 127.0.0.1")
    hooks.add_argument("--metrics", type=int, metavar=tr("PORT"), help=told)
    add_theme(command, tr)
    add_sources(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    try:
        import uvicorn

        from verifier.dashboard.serve.app import app
        from verifier.dashboard.serve.kept import Kept
        from verifier.dashboard.serve.makers import here, several
    except ImportError as error:
        words = say(
            "`verifier dashboard serve` needs more: install verifier with its extra [dashboard] (docs/dashboard.md)."
        )
        raise UsageError(words) from error
    settings = settings_of(arguments)
    if settings.filing:
        with settings.filing():
            pass  # whether the ledger's key opens is said before anybody is served
    _log_to_standard_error()
    opening = partial(sources, arguments)
    with ExitStack() as stack:
        kept = stack.enter_context(Kept(opening, signing.now))
        make = stack.enter_context(several(opening, signing.now, here(kept)))
        counted = stack.enter_context(_metrics(arguments))
        told = say("Serving {address}; Ctrl-C ends it.", address=settings.base)
        sys.stderr.write(told.in_language(language(arguments)) + "\n")
        uvicorn.run(
            app(kept, replace(settings, counted=counted), make),
            host=arguments.host,
            port=arguments.port,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=bool(arguments.proxy),
            forwarded_allow_ips=arguments.proxy or "",
        )
    return 0


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Raises UsageError for what does not go together, and where reading is open to other machines and nobody said so."""
    from urllib.parse import urlsplit

    from verifier.dashboard.serve.settings import Settings, base, loopback

    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    address = base(arguments.base_url) if arguments.base_url else f"http://{host}:{arguments.port}"
    reached = loopback(arguments.host) and loopback(urlsplit(address).hostname or "")
    if not (reached or arguments.sign_in_to_read or arguments.open_reading):
        words = say("Other machines reach it: say --sign-in-to-read, or --open-reading where everybody may read.")
        raise UsageError(words)
    provider = _provider(arguments)
    if arguments.sign_in_to_read and provider is None:
        raise UsageError(say("Signing in needs --issuer and --client-id."))
    if provider is not None:
        base(address)  # a cookie is not sent in the clear
    files = provider is not None and arguments.record and arguments.ledger_key
    return Settings(
        base=address,
        provider=provider,
        sign_in_to_read=arguments.sign_in_to_read,
        filing=(lambda: _filing(arguments)) if files else None,
        theme=theme_of(arguments),
        hook=_hook(arguments) if arguments.hook_secret_file else None,
    )


def _hook(arguments: argparse.Namespace) -> Hook:
    """Raises UsageError where the queue or the record is missing, whose contracts say what is delivered."""
    from verifier.files import read

    address = fleet.queue(arguments)
    from verifier.dashboard.serve.hook import Hook
    from verifier.fleet.queue import opened as queue_of

    if not arguments.record:
        raise UsageError(say("Deliveries are those of contracts in a record: give --record."))
    secret = read(arguments.hook_secret_file, most=MOST_SECRET).strip()
    if not secret:
        raise UsageError(say("{path} holds no secret.", path=arguments.hook_secret_file))

    def submit(wanted: Expected, ref: str, id_: str) -> Queued:
        made = expected_submission(arguments, wanted, ref, id_)
        with queue_of(address) as queue:
            return queue.submit(made)

    return Hook(secret=secret, submit=submit)


@contextmanager
def _metrics(arguments: argparse.Namespace) -> Iterator[Counted]:
    """Counts requests where somebody asks for how many there were."""
    if arguments.metrics is None:
        yield lambda *_: None
        return
    fleet.needed()
    from verifier.fleet.watched import Requests, serving

    requests = Requests()
    with serving(arguments.metrics, requests.registry, lambda: True):
        yield requests.counted


def _provider(arguments: argparse.Namespace) -> Provider | None:
    """The secret is never an argument, which every process of the machine could read."""
    from verifier.dashboard.serve.settings import Provider, checked
    from verifier.files import read

    if not (arguments.issuer or arguments.client_id):
        return None
    if not (arguments.issuer and arguments.client_id):
        raise UsageError(say("Signing in needs --issuer and --client-id."))
    path = arguments.client_secret_file
    secret = read(path, most=MOST_SECRET).decode("utf-8", "replace") if path else os.environ.get(SECRET, "")
    if not secret.strip():
        raise UsageError(say("Give the client's secret in --client-secret-file or ${variable}.", variable=SECRET))
    return Provider(issuer=checked(arguments.issuer), client=arguments.client_id, secret=secret.strip())


@contextmanager
def _filing(arguments: argparse.Namespace) -> Iterator[Records]:
    """The record, to file in it."""
    with opened(arguments, writing=True) as records:
        yield records


def _log_to_standard_error() -> None:
    """One line of JSON a request, as it is."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("verifier.dashboard")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
