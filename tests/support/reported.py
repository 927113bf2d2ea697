"""Report documents for the renderers: a small one in which everything occurs, and one whose every delivered text is hostile."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from support import made

from verifier.criteria import judge
from verifier.flip import flip
from verifier.model import (
    Cause,
    Delivery,
    Finding,
    Level,
    Measure,
    Steering,
    Suppression,
    Tampering,
    Trouble,
    Waiver,
)
from verifier.report import Report, criteria_entry, to_dict
from verifier.words import in_language

DELIVERED = frozenset(
    [
        "message",
        "path",
        "excerpt",
        "help",
        "rule",
        "reason",
        "measured",
        "mend",
        "what",
        "text",
        "justification",
        "detail",
        "by",
        "url",
        "version",
        "do",
    ]
)
"""Names in the document whose text a delivery chooses, or a tool that read it."""
BLOCKS = made.finding(line=3, excerpt="run(name)", severity="warning", cwe=(78,), help="https://example.org/b602")
WAIVED = made.finding(line=9, excerpt="other()")
REMARK = made.finding("bandit:B404", line=1, excerpt="import subprocess", severity="note", inherited=True)
WHOLE = Finding(rule="bandit:B000", message="nothing of one file", severity="note")


def document(language: str = "en", **changes: Any) -> dict[str, Any]:
    """In one language, as the renderers read it."""
    read: dict[str, Any] = in_language(whole(**changes), language)
    return read


def whole(**changes: Any) -> dict[str, Any]:
    """In both languages, as report.json has it.

    bandit has found four things, semgrep timed out, and a person is awaited. `changes` are fields of the Report.
    """
    wanted = made.criteria(
        made.search(),
        replace(made.search("style", "bandit:B000"), level=Level.SHOULD),
        made.at_least("tests.exist", "tests.passed", 1),
        made.manual(),
    )
    waivers = (made.waiver(WAIVED.fingerprint), Waiver(target="style", reason="r", by="b", until="2099-01-01"))
    results = (_bandit(), _semgrep())
    judgement = judge(wanted, results, waivers=waivers, today="2026-11-22")
    fields: dict[str, Any] = {
        "delivery": Delivery(
            url="https://git.example.org/x", commit="a" * 40, tree="b" * 40, manifest="c" * 64, not_included=("n.txt",)
        ),
        "criteria": criteria_entry(wanted),
        "judgement": judgement,
        "flip": flip(wanted, judgement, results),
        "results": results,
        "sandbox": {"tier": "namespaces", "promises": []},
        "started": "2026-11-22T10:00:00Z",
        "finished": "2026-11-22T10:01:00Z",
        "waivers": waivers,
    }
    return to_dict(Report(**(fields | changes)))


def _bandit() -> Any:
    return made.result(
        findings=(BLOCKS, WAIVED, REMARK, WHOLE),
        measures=(Measure(name="security.x", value="v", unit="text", detail="d"),),
        suppressions=(Suppression(kind="nosec", path="a.py", line=3, text="# nosec", justification="known name"),),
        steering=(Steering(path=".bandit", what="configuration of bandit", line=2),),
        tampering=(Tampering(what="wrote results", proven=True),),
        not_examined=(made.skipped("b.py"),),
    )


def _semgrep() -> Any:
    trouble = Trouble(cause=Cause.TIME, message="Too long.", mend="Give it more time.", path="c.py", line=4)
    return made.result("semgrep", looked_at=0, trouble=trouble)


def hostile(text: str) -> dict[str, Any]:
    """The same document with this text wherever a delivery could have put one."""
    return _replaced(document(), text)


def _replaced(value: Any, text: str) -> Any:
    if isinstance(value, list):
        return [_replaced(item, text) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: text if name in DELIVERED and isinstance(item, str) else _replaced(item, text)
        for name, item in value.items()
    }


def with_findings(found: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """The document with these as bandit's findings, all of them blocking."""
    made_of = document() | more
    made_of["checkers"][0]["findings"] = found
    made_of["outcomes"][0] |= {"outcome": "unmet", "findings": [one["fingerprint"] for one in found]}
    return made_of


def finding(number: int = 0, **more: Any) -> dict[str, Any]:
    """A finding as it stands in the document."""
    return _first_finding() | {"fingerprint": f"{number:032x}"} | more


@cache
def _first_finding() -> dict[str, Any]:
    return document()["checkers"][0]["findings"][0]
