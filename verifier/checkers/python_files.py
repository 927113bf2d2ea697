"""Which Python files a static checker is given. Pure."""

from __future__ import annotations

from verifier.model import Checkout, File
from verifier.scope import LINK


def examinable(checkout: Checkout) -> tuple[File, ...]:
    """Delivered Python files that parse; links are read where they lead."""
    return tuple(file for file in checkout.source("python") if file.parsed and file.mode != LINK)
