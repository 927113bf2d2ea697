"""Every sentence that a person reads, in both official languages.

    say("The tests did not finish within {seconds} seconds.", seconds=900)

gives a `Text`: the English words as a string, the French ones beside them. English stands in the code; French in the message
catalogue (`verifier/locale/fr`), by gettext's rules: the English sentence is the key. `docs/translating.md` says how to add one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Self

LANGUAGES = ("en", "fr")
Translate = Callable[..., str]
"""A sentence, and what fills it, to its words in one language."""
NARROW = "\u202f"
"""The narrow no-break space that French has before : ; ? ! % $ and inside its quotation marks."""
_BOTH = frozenset(LANGUAGES)
PLAIN = frozenset({str, int, float, bool, type(None)})
"""What most of a document is: not looked into, for there are many of them."""
_BEFORE = re.compile(r"[ \u00a0](?=[:;?!»%$](?![\w/(]))")
_AFTER = re.compile(r"(?<=«)[ \u00a0]")


class Text(str):
    """The same words in English, which it is as a string, and in French, made when they are asked for: the catalogue is large."""

    __slots__ = ("_fr",)
    _fr: str | Callable[[], str]

    def __new__(cls, en: str, fr: str | Callable[[], str]) -> Self:
        text = super().__new__(cls, en)
        text._fr = fr
        return text

    @property
    def fr(self) -> str:
        if callable(self._fr):
            self._fr = self._fr()
        return self._fr

    def __reduce__(self) -> tuple[type[Text], tuple[str, str]]:
        return Text, (str(self), self.fr)

    @property
    def en(self) -> str:
        return str(self)

    def in_language(self, language: str) -> str:
        """The words in `en` or `fr`; any other language is a KeyError."""
        return {"en": lambda: str(self), "fr": lambda: self.fr}[language]()


def say(message: str, /, **values: Any) -> Text:
    """The sentence in both languages. `values` fill its {names}; a Text among them is in the sentence's language."""
    return Text(_fill(message, values, "en"), lambda: _fill(french(message), values, "fr"))


def say_n(number: int, one: str, many: str, /, **values: Any) -> Text:
    """The same of a number, {n}: French counts 0 and 1 as one, English 1 alone."""
    filling = {"n": number, **values}

    def in_french() -> str:
        found = _catalogue().get((one, many))
        forms = found if isinstance(found, tuple) else (one, many)
        return _fill(forms[0] if number < 2 else forms[1], filling, "fr")

    return Text(_fill(one if number == 1 else many, filling, "en"), in_french)


def later(message: str) -> str:
    """Marks a sentence that stands in a table and is said later, so that it is collected for translation."""
    return message


def later_n(one: str, many: str) -> tuple[str, str]:
    """The same of a number."""
    return one, many


def both(text: Text) -> dict[str, str]:
    """The words by their language, as documents have them."""
    return {"en": text.en, "fr": text.fr}


def joined(separator: str, parts: Iterable[str]) -> Text:
    """Sentences or names one after the other, in both languages."""
    listed = list(parts)

    def words(language: str) -> str:
        return str(_value(separator, language)).join(_value(part, language) for part in listed)

    return Text(words("en"), lambda: words("fr"))


@cache
def translator(language: str) -> Translate:
    """`say` in one language: what renderers write around the report's own sentences. English needs no catalogue."""

    def tr(message: str, /, **values: Any) -> str:
        return _fill(message if language == "en" else french(message), values, language)

    return tr


def counter(language: str) -> Callable[..., str]:
    """`say_n` in one language."""

    def tr_n(number: int, one: str, many: str, /, **values: Any) -> str:
        return say_n(number, one, many, **values).in_language(language)

    return tr_n


def said(sentence: object, language: str) -> str:
    """A sentence in one language; what is no Text is in nobody's language, or in a tool's."""
    return sentence.in_language(language) if isinstance(sentence, Text) else str(sentence)


def in_language(document: Any, language: str) -> Any:
    """A report's document with every sentence in one language: what the renderers read."""
    if isinstance(document, list):
        return [inner if type(inner) in PLAIN else in_language(inner, language) for inner in document]
    if isinstance(document, Mapping):
        if len(document) == len(LANGUAGES) and document.keys() == _BOTH:
            return document[language]
        return {
            name: inner if type(inner) in PLAIN else in_language(inner, language) for name, inner in document.items()
        }
    return document


def french(message: str) -> str:
    """The catalogue's words, or the English ones where it has none."""
    found = _catalogue().get(message)
    return found if isinstance(found, str) else message


def french_spacing(text: str) -> str:
    """Narrow no-break spaces where French has them."""
    return _AFTER.sub(NARROW, _BEFORE.sub(NARROW, text))


def _fill(words: str, values: Mapping[str, Any], language: str) -> str:
    return words.format(**{name: _value(value, language) for name, value in values.items()}) if values else words


def _value(value: Any, language: str) -> Any:
    return value.in_language(language) if isinstance(value, Text) else value


@cache
def _catalogue() -> Mapping[object, object]:
    """English to French; of plurals, both forms to both forms."""
    from babel.messages.pofile import read_po  # noqa: PLC0415 - starts slowly, and English --help needs none

    with (files("verifier") / "locale/fr/LC_MESSAGES/verifier.po").open("rb") as handle:
        messages = [message for message in read_po(handle) if message.id and message.string and not message.fuzzy]
    return {_key(message.id): _spaced(message.string) for message in messages}


def _key(words: object) -> object:
    return tuple(words) if isinstance(words, list | tuple) else words


def _spaced(words: object) -> object:
    return tuple(map(french_spacing, words)) if isinstance(words, list | tuple) else french_spacing(str(words))
