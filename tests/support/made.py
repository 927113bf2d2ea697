"""Facts and criteria made in one line each, for tests of what they mean."""

from __future__ import annotations

from typing import Any

from verifier.model import CheckResult, Finding, Level, Measure, NotExamined, Observations, Role, Skip, Waiver
from verifier.policy import BlockingList, BlockingRule, Comparison, Criteria, Criterion, Item, LicencePolicy, Text

WORDS = Text(en="words", fr="mots")


def criteria(*items: Criterion, **more: Any) -> Criteria:
    policy = LicencePolicy(recommended=frozenset({"MIT"}), accepted=frozenset({"MIT", "Apache-2.0"}))
    return Criteria(
        profile="made", version=1, title=WORDS, criteria=items, digest="0" * 64, licences=policy, scope={}, **more
    )


def criterion(name: str, *, level: Level = Level.MUST, **more: Any) -> Criterion:
    return Criterion(id=name, level=level, title=WORDS, why=WORDS, **more)


def at_least(name: str, check: str, value: int, *, unit: Any = "count", level: Level = Level.MUST) -> Criterion:
    return criterion(name, check=check, comparison=Comparison(op="at_least", value=value, unit=unit), level=level)


def at_most(name: str, check: str, value: int, *, level: Level = Level.MUST) -> Criterion:
    return criterion(name, check=check, comparison=Comparison(op="at_most", value=value, unit="count"), level=level)


def manual(name: str = "requirements", *, level: Level = Level.MUST) -> Criterion:
    return criterion(name, manual=(Item(id="r1", text=WORDS),), level=level)


def search(name: str = "security.blocking", *rules: str, by: tuple[str, ...] = ("bandit",), **more: Any) -> Criterion:
    listed = {rule: BlockingRule(rule=rule, reason=WORDS, **more) for rule in rules or ("bandit:B602",)}
    return criterion(
        name,
        check="security.findings",
        blocking=BlockingList(name="security", rules=listed),
        by=by,
        outside=frozenset({Role.TESTS}),
    )


def finding(rule: str = "bandit:B602", path: str = "a.py", line: int = 1, **more: Any) -> Finding:
    return Finding(rule=rule, message="m", path=path, line=line, excerpt=more.pop("excerpt", f"line {line}"), **more)


def measures(topic: str = "tests", /, **values: int) -> CheckResult:
    found = tuple(Measure(name=f"{topic}.{name}", value=value) for name, value in values.items())
    return result(topic, topic=topic, measures=found)


def result(name: str = "bandit", *, topic: str = "security", looked_at: int = 3, **seen: Any) -> CheckResult:
    return CheckResult(
        name=name,
        topic=topic,
        tool=name,
        seen=Observations(**seen),
        examined=looked_at,
        looked_at={Role.SOURCE: looked_at} if looked_at else {},
    )


def skipped(path: str = "b.py", skip: Skip = Skip.UNPARSABLE, **more: Any) -> NotExamined:
    return NotExamined(path=path, skip=skip, reason="r", **more)


def waiver(target: str, *, signed: bool = True, until: str = "2099-01-01") -> Waiver:
    return Waiver(target=target, reason="r", by="assessor", until=until, signed=signed)
