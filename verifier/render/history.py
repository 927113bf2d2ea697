"""The history of one contract as a page of HTML: English, and French one link away; nothing outside it is loaded. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import escape

from verifier.render.templates import file, hashed, render

NAMES = {"en": "English", "fr": "Français"}


def page(contract: str, told: Mapping[str, tuple[str, str]]) -> str:
    """`told`: in each language the title, and the lines of `verifier.render.record`, none of which is cut."""
    css = file("history.css")
    lines = {language: (title, escape(text)) for language, (title, text) in told.items()}
    return render("history.html", contract=contract, told=lines, names=NAMES, css=css, hashed=hashed(css))
