"""Numbers with their unit, as people read them. Integers in, words out."""

from __future__ import annotations

from verifier.model import Value
from verifier.words import NARROW, Text


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
