"""Numbers with their unit, as people read them. Integers in, words out."""

from __future__ import annotations

from verifier.model import Value


def shown(value: Value, unit: str) -> str:
    """8700 basis points are `87 %`, 8744 `87.44 %`; milliseconds are seconds with one decimal."""
    if not isinstance(value, int):
        return value
    if unit == "basis points":
        whole, part = divmod(value, 100)
        return f"{whole}.{part:02d} %" if part else f"{whole} %"
    if unit == "milliseconds":
        return f"{value // 1000}.{value % 1000 // 100} s"
    return str(value)
