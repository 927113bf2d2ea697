"""verifier publish WHERE STORE: posts what was signed in the store of workers' reports, each thing until it is there."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from verifier.publish import Publisher


def run(arguments: argparse.Namespace, service: Publisher, post: Callable[[argparse.Namespace], bool]) -> bool:
    """Whether something is missing that was asked for. `post` says that of one thing."""
    from verifier.fleet.store import Store

    store = Store(Path(arguments.report).absolute())
    missing = False
    for kind in dict.fromkeys(arguments.post):
        for digest in store.unposted(f"{service.name}-{kind}"):
            file = store.signed(digest) if kind in service.signed else store.place(digest)
            repository = arguments.repository or _name(store.submission(digest).where)
            about = {"report": str(file), "post": [kind], "repository": repository}
            if post(argparse.Namespace(**vars(arguments) | about)):
                missing = True
            else:
                store.posted(f"{service.name}-{kind}", digest)
    return missing


def _name(where: str) -> str:
    """OWNER/NAME of a repository at a code host."""
    return urlsplit(where).path.strip("/").removesuffix(".git")
