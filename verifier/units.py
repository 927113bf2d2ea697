"""Numbers with their unit, as people read them. Integers in, words out."""

from __future__ import annotations

import re

from verifier.errors import UsageError
from verifier.model import Value
from verifier.words import NARROW, Text, say

_AMOUNT = re.compile(r"([0-9]{1,11})(?:\.([0-9]{1,2}))?", re.ASCII)


def shown(value: Value, unit: str) -> Text:
    """8700 basis points are `87 %`, 8744 `87.44 %`, in French `87,44 %`; milliseconds are seconds with one decimal."""
    if not isinstance(value, int):
        return Text(value, value)
    if unit == "basis points":
        whole, part = divmod(value, 100)
        return _decimal(f"{whole}.{part:02d}" if part else f"{whole}", "%")
    if unit == "milliseconds":
        return _decimal(f"{value // 1000}.{value % 1000 // 100}", "s")
    return Text(str(value), str(value))


def _decimal(number: str, unit: str) -> Text:
    return Text(f"{number} {unit}", f"{number.replace('.', ',')}{NARROW}{unit}")


def money(cents: int, currency: str) -> Text:
    """650000 CAD are `6,500.00 CAD`, in French `6 500,00 CAD`."""
    plain = amount(cents)
    return Text(f"{plain} {currency}", f"{plain.fr}{NARROW}{currency}")


def amount(cents: int) -> Text:
    """The same without a currency."""
    whole, part = divmod(cents, 100)
    english = f"{whole:,}.{part:02d}"
    return Text(english, english.replace(",", NARROW).replace(".", ","))


def cents(text: str) -> int:
    """`6500.00`, `6500` or `6500.5` in cents. Raises UsageError for what is no amount of money."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise UsageError(say("{text} is not an amount such as 6500.00.", text=text))
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
