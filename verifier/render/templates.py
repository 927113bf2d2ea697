"""What every page of HTML is written with: the templates of `reports/`, and words, numbers and times in one language.

Every value passes `shown` on its way into a page, so that no field can be forgotten.
"""

from __future__ import annotations

import base64
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from markupsafe import Markup, escape

from verifier.errors import WorldError
from verifier.render import words
from verifier.render.inert import inert
from verifier.shipped import shipped
from verifier.units import shown as in_units
from verifier.words import NARROW, say, say_n, translator

LONGEST = 1000
"""Characters of one text; more is cut, and how many are left is said."""


def shown(value: Any) -> Any:
    """One text as the page writes it: cut, inert, and escaped by Jinja afterwards. Only markup of our own passes as it is."""
    if isinstance(value, Markup):
        return value
    text = str(value)
    return inert(text) if len(text) <= LONGEST else f"{inert(text[:LONGEST])} … (+{len(text) - LONGEST})"


_KEPT, _SHORT = 20_000, 100
"""How many short texts it is remembered of how a page writes them, for most stand on many pages; and their characters."""


def written(value: Any) -> Any:
    """The same escaped, as templates put it out."""
    if isinstance(value, Markup):
        return value
    text = value if type(value) is str else str(value)
    return _written(text) if len(text) <= _SHORT else escape(shown(text))


@lru_cache(_KEPT)
def _written(text: str) -> Markup:
    return escape(shown(text))


_METHODS = frozenset(dir(dict))


@dataclass(frozen=True, slots=True)
class Writer:
    """Words, numbers and times in one language."""

    language: str

    def tr(self, message: str, /, **values: Any) -> str:
        return translator(self.language)(message, **values)

    def tr_n(self, number: int, one: str, many: str, /, **values: Any) -> str:
        return say_n(number, one, many, **{"n": self.count(number), **values}).in_language(self.language)

    def said(self, value: words.Said) -> str | Markup:
        """Of verifier's own, or in the words of a tool, which are English."""
        if not isinstance(value, str):
            return words.said(value, self.language)
        return Markup('<span lang="en">{}</span>').format(shown(value)) if value else ""

    def coded(self, sentence: str) -> Markup:
        """A sentence of ours, with the commands that it has between backticks set as such."""
        parts = [escape(shown(one)) for one in sentence.split("`")]
        for number in range(1, len(parts) - 1, 2):
            parts[number] = Markup('<code translate="no">{}</code>').format(parts[number])
        return Markup("").join(parts)

    def word(self, value: str) -> str:
        return words.word(value, self.language)

    def phrase(self, value: str) -> str:
        return words.phrase(value, self.language)

    def count(self, number: int) -> str:
        return _count(number, self.language)

    def amount(self, value: int | str, unit: str) -> str:
        if unit == "count" and isinstance(value, int):
            return self.count(value)
        return in_units(value, unit).in_language(self.language)

    def moment(self, text: str) -> Markup:
        return Markup('<time datetime="{0}">{1} UTC</time>').format(
            shown(text), shown(text.replace("T", " ").removesuffix("Z"))
        )


def _count(number: int, language: str) -> str:
    """As Babel writes it in Canada, but with a narrow space in French, and fifty times as fast."""
    return f"{number:,}" if language == "en" else f"{number:,}".replace(",", NARROW)


def render(template: str, **context: Any) -> str:
    """A template of `reports/`, filled."""
    return _environment().get_template(template).render(**context)


def load(*names: str) -> None:
    """These templates, or else all: for a process that is to be quick from its first page on."""
    for name in names or _environment().list_templates(extensions=["html"]):
        _environment().get_template(name)


@cache
def folder() -> Path:
    """Where they lie. Raises WorldError where they do not."""
    found = shipped("reports")
    if found is None:
        raise WorldError(
            say("The templates of reports are missing beside the verifier package; install delivery-verifier again.")
        )
    return found


class _Plain(Context):
    """No function that our templates call asks for their context: each is called as it is."""

    call: Callable[..., Any] = operator.call  # written in C, it is not bound and so not given the context


class _Fast(CodeGenerator):
    """Does without what costs most: `finalize` escapes already, and a key is looked up where it is named."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        del node, frame
        self.write(finalize.src)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        del node, frame, finalize
        self.write(")")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        self.write("context.call(")
        self.visit(node.node, frame)
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - as Jinja calls it
        if node.attr in _METHODS:
            super().visit_Getattr(node, frame)
            return
        self.write(f"(it[{node.attr!r}] if type(it := ")
        self.visit(node.node, frame)
        self.write(f") is dict and {node.attr!r} in it else environment.getattr(it, {node.attr!r}))")


class _Documents(Environment):
    """What templates name is a key of a document far more often than an attribute; a method of dictionaries stays one."""

    code_generator_class = _Fast
    context_class = _Plain

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj and attribute not in _METHODS:
            return obj[attribute]
        try:
            return getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)


@cache
def _environment() -> Environment:
    return _Documents(
        loader=FileSystemLoader(folder()),
        cache_size=-1,  # all are kept; keeping only those used last takes longer than many a template
        autoescape=True,
        auto_reload=False,
        finalize=written,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def file(name: str) -> Markup:
    """A file of `reports/` as it is."""
    return Markup((folder() / name).read_text(encoding="utf-8"))  # noqa: S704 - our own file


def hashed(style: str) -> str:
    """As the policy of a page names the one style that it lets work."""
    return f"sha256-{base64.b64encode(sha256(style.encode()).digest()).decode()}"
