"""verifier dashboard serve: the same pages live."""

from __future__ import annotations

import argparse
import sys

from verifier.cli.dashboard.sources import add_sources, sources
from verifier.cli.language import language
from verifier.errors import UsageError
from verifier.words import Translate, say


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser("serve", help=tr("serve the pages, made when they are asked for"))
    command.add_argument("--host", default="127.0.0.1", metavar=tr("ADDRESS"), help=tr("listen there"))
    command.add_argument("--port", type=int, default=8413, metavar=tr("PORT"), help=tr("listen on this port"))
    add_sources(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    try:
        import uvicorn

        from verifier.dashboard.serve.app import app
    except ImportError as error:
        words = say("`verifier dashboard serve` needs more: pip install delivery-verifier[dashboard].")
        raise UsageError(words) from error
    with sources(arguments):
        pass  # what is wrong with them is said before anybody is served
    address = f"http://{arguments.host}:{arguments.port}/"
    sys.stderr.write(say("Serving {address}; Ctrl-C ends it.", address=address).in_language(language(arguments)) + "\n")
    uvicorn.run(app(lambda: sources(arguments)), host=arguments.host, port=arguments.port, log_level="warning")
    return 0
