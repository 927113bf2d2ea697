"""The styles and scripts of the pages, as they are sent: scripts without comments and white space, which are a quarter of them.

They are written to be read, in `reports/dashboard/assets/`; what a browser gets is the same program.
"""

from __future__ import annotations

from functools import cache

from rjsmin import jsmin

from verifier.render.templates import file

ASSETS = ("dashboard.css", "assessment.css", "dashboard.js", "verify.js")
"""Of every site."""


@cache
def asset(name: str) -> str:
    """One of them, or of those that a server has besides."""
    text = str(file(f"dashboard/assets/{name}"))
    return str(jsmin(text)) + "\n" if name.endswith(".js") else text
