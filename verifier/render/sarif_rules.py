"""The rules of a SARIF run: what each is about, and how GitHub ranks it. Pure.

GitHub's properties: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from verifier.render.inert import inert, markdown
from verifier.render.reading import Entry, Reading
from verifier.render.sarif_text import address, cut, message

SEVERITIES = ("note", "warning", "error")
CONFIDENCES = ("low", "medium", "high")
SECURITY = {"note": "3.0", "warning": "5.5", "error": "8.0"}
"""GitHub's low, medium and high. A tool names a class of weakness and cannot say how bad this one is: none is critical."""
QUALITY = {"note": "recommendation", "warning": "warning", "error": "error"}
TAGS = 10
"""That many of a rule GitHub shows; over 20 it refuses the file."""


def level(reading: Reading, finding: Entry) -> str:
    """The tool's word, but `error` for what the delivery is rejected for: otherwise GitHub shows it as a remark."""
    return "error" if reading.blocks(finding) else str(finding["severity"])


def by_rule(found: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Findings by rule, in order of the rule's name."""
    rules: dict[str, list[Entry]] = {}
    for finding in found:
        rules.setdefault(finding["rule"], []).append(finding)
    return dict(sorted(rules.items()))


def descriptor(reading: Reading, topic: str, rule: str, found: Sequence[Entry]) -> Entry:
    """The reportingDescriptor of one rule with its findings."""
    about = _about(rule, found)
    helps = next((text for finding in found if (text := finding["help"])), "")
    entry: Entry = {
        "id": inert(rule),
        "shortDescription": {"text": about},
        "fullDescription": {"text": about},
        "defaultConfiguration": {"level": max((finding["severity"] for finding in found), key=SEVERITIES.index)},
        "help": _help(reading, about, _against(reading, found), helps),
        "properties": _properties(reading, topic, found),
    }
    return entry | ({"helpUri": address(helps)} if address(helps) else {})


def _about(rule: str, found: Sequence[Entry]) -> str:
    """What all its findings say, where they say the same; else its name: a message may speak of one place only."""
    told = {finding["message"] for finding in found}
    return message(told.pop() if len(told) == 1 else "") or inert(rule)


def _against(reading: Reading, found: Sequence[Entry]) -> list[str]:
    """The criteria that its findings count against, each with the buyer's why."""
    criteria = reading.document["criteria"]["criteria"]
    named = sorted({criterion for finding in found for criterion in reading.criteria(finding)} & set(criteria))
    return [
        reading.tr("Counts against “{title}”: {why}", title=reading.title(name), why=criteria[name]["why"])
        for name in named
    ]


def _help(reading: Reading, about: str, against: Sequence[str], helps: str) -> Entry:
    """As text and as Markdown, where the tool's page is a link."""
    link = address(helps)
    see, linked = (reading.tr("See {address}", address=shown) for shown in (link, f"<{link}>"))
    plain = [about, *map(inert, against), see if link else inert(helps)]
    marked = [markdown(about), *map(markdown, against), linked if link else markdown(helps)]
    return {"text": cut(_paragraphs(plain)), "markdown": _paragraphs(marked)}


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _properties(reading: Reading, topic: str, found: Sequence[Entry]) -> Entry:
    worst = max((level(reading, finding) for finding in found), key=SEVERITIES.index)
    precision = min((finding["confidence"] for finding in found), key=CONFIDENCES.index)
    named = tags(topic, found)
    rank = {"security-severity": SECURITY[worst]} if named[0] == "security" else {"problem.severity": QUALITY[worst]}
    return {"tags": named[:TAGS], "precision": precision, **rank}


def tags(topic: str, found: Iterable[Entry]) -> list[str]:
    """`security` for the topic of that name and for what names a weakness, else the topic; then the weaknesses."""
    weaknesses = sorted({number for finding in found for number in finding["cwe"]})
    kind = "security" if weaknesses else inert(topic)
    return [kind, *(f"external/cwe/cwe-{number:03}" for number in weaknesses)]


def tags_cut(topic: str, rules: Mapping[str, Sequence[Entry]]) -> int:
    """How many rules have more tags than are shown."""
    return sum(len(tags(topic, found)) > TAGS for found in rules.values())
