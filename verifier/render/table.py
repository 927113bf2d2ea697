"""Findings as a table for spreadsheets: CSV by RFC 4180. Pure: a document in, text out.

The text begins with a byte order mark: without one Excel reads UTF-8 as the machine's old code page, and every accent of a French
report is wrong. Python (`utf-8-sig`), pandas, R's readr and LibreOffice take it off.
"""

from __future__ import annotations

import csv
import io
import re
from functools import lru_cache

from verifier.render.inert import inert
from verifier.render.reading import Entry, Reading

COLUMNS = (
    "fingerprint",
    "checker",
    "topic",
    "rule",
    "severity",
    "confidence",
    "path",
    "line",
    "endLine",
    "role",
    "inherited",
    "blocks",
    "criteria",
    "waiver",
    "cwe",
    "message",
    "help",
)
"""Stable: new ones are added at the end. Named as in report.json where it has them."""
MARK = "\ufeff"
_FORMULA = r"[\s\"]*[=+\-@＝＋－＠]"
"""How a cell begins that a spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""
_FIRST = re.compile(_FORMULA)
_LATER = re.compile(rf";(?={_FORMULA})")
"""Excel splits at `;` where the comma is the decimal sign, as in French: what follows one may become a cell as well."""


def to_csv(document: Entry, language: str = "en") -> str:
    """A head and one row a finding; lines end in CR LF. A `'` before `=`, `+`, `-` or `@` is ours."""
    reading = Reading.of(document, language)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_row(reading, checker, finding) for checker, finding in reading.findings())
    return MARK + out.getvalue()


def _row(reading: Reading, checker: Entry, finding: Entry) -> list[str]:
    cells = {
        **finding,
        "checker": checker["name"],
        "topic": checker["topic"],
        "inherited": reading.word(_yes(finding["inherited"])),
        "blocks": reading.word(_yes(reading.blocks(finding))),
        "criteria": " ".join(reading.criteria(finding)),
        "waiver": reading.word(reading.waiver(finding)),
        "severity": reading.word(finding["severity"]),
        "confidence": reading.word(finding["confidence"]),
        "role": reading.word(finding["role"]),
        "cwe": " ".join(f"CWE-{number}" for number in finding["cwe"]),
        "message": finding["message"],
        "help": finding["help"],
    }
    return [cell("" if cells[name] is None else str(cells[name])) for name in COLUMNS]


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


@lru_cache(maxsize=1024)
def cell(text: str) -> str:
    """One line that no spreadsheet takes for a formula: a `'` is put before what would start one."""
    plain = _LATER.sub(";'", inert(text))
    return f"'{plain}" if _FIRST.match(plain) else plain
