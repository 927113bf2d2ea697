"""Another look for the pages: --theme, in which an institution's name and images stand."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli.recording import settings_of
from verifier.errors import UsageError
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.dashboard.theme import Theme

GC = "gc"


def add_theme(command: argparse.ArgumentParser, tr: Translate) -> None:
    told = tr(
        "the look of institutions of the Government of Canada, with the name that record.yml has of the organisation"
    )
    command.add_argument("--theme", choices=(GC,), help=told)
    told = tr("with --theme: a folder with images of the institution's own, signature-en, signature-fr and wordmark")
    command.add_argument("--theme-images", type=Path, metavar=tr("FOLDER"), help=told)


def theme_of(arguments: argparse.Namespace) -> Theme | None:
    """Raises UsageError where the name is not known, or an image cannot be shown."""
    if arguments.theme is None:
        if arguments.theme_images:
            raise UsageError(say("--theme-images goes with --theme gc."))
        return None
    from verifier.dashboard.theme import gc

    settings = settings_of(arguments)
    if settings is None:
        raise UsageError(say("--theme gc needs --record: its record.yml says what the institution is called."))
    return gc(settings.needed("organisation", "name")["name"], arguments.theme_images)
