"""Whether checkers' answers may come from a cache, and from which: the options and what they mean."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.words import Translate

if TYPE_CHECKING:
    from verifier.cache import Cache
    from verifier.cache.cache import Tell

NONE, SHARED, KEY = "VERIFIER_NO_CACHE", "VERIFIER_CACHE", "VERIFIER_CACHE_KEY"


def add(command: argparse.ArgumentParser, tr: Translate) -> None:
    group = command.add_argument_group(tr("cache"))
    told = tr(
        "run every checker anew, and keep nothing for the next run (default: where ${variable} is set)", variable=NONE
    )
    group.add_argument("--no-cache", action="store_true", default=bool(os.environ.get(NONE)), help=told)
    told = tr(
        "a cache that machines share, beside this one's own: s3://, az://, gs:// or file:/// (default: ${variable})",
        variable=SHARED,
    )
    group.add_argument("--cache", metavar=tr("URL"), default=os.environ.get(SHARED, ""), help=told)
    told = tr("file with the key that they share (default: ${variable})", variable=KEY)
    group.add_argument("--cache-key", type=Path, metavar=tr("FILE"), default=os.environ.get(KEY), help=told)


def words(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The same options again, for another command line."""
    if arguments.no_cache:
        return ("--no-cache",)
    key = ("--cache-key", str(Path(arguments.cache_key).absolute())) if arguments.cache_key else ()
    return (*(("--cache", arguments.cache) if arguments.cache else ()), *key)


def opened(arguments: argparse.Namespace, tell: Tell) -> Cache | None:
    """None where none is wanted. Raises UsageError for a shared one that cannot be."""
    if arguments.no_cache:
        return None
    from verifier import cache

    return cache.opened(cache.place(os.environ), tell, shared=arguments.cache, key=arguments.cache_key)
