"""Which Python files a static checker is given. Pure."""

from __future__ import annotations

from verifier.model import Checkout, File, NotExamined, Skip
from verifier.scope import LINK
from verifier.words import say


def examinable(checkout: Checkout) -> tuple[File, ...]:
    """Delivered Python files that parse; links are read where they lead."""
    return tuple(file for file in checkout.source("python") if file.parsed and file.mode != LINK)


def unparsable(checkout: Checkout) -> tuple[NotExamined, ...]:
    """Delivered Python files that do not parse: no tool reads them."""
    broken = (file for file in checkout.source("python") if not file.parsed and file.mode != LINK)
    return tuple(NotExamined(path=file.path, skip=Skip.UNPARSABLE, reason=say("not valid Python")) for file in broken)
