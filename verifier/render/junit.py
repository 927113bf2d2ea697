"""The criteria as a JUnit report: one suite a topic, one case a criterion. Pure: a document in, text out.

No standard exists. The elements and attributes are those of the schema that Jenkins' xUnit plugin ships (`junit-10.xsd`).
What reads the reports of Ant and Surefire knows them as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from verifier.render.inert import inert
from verifier.render.reading import Entry, Reading
from verifier.render.words import cut, finding_map, place, sentence, verdict_word

DECISIONS = "decisions"
"""The suite of what people decide."""
VERDICT = "verdict"
"""The suite of the whole. Without it a report with nothing in it would be as green as an accepted one."""
FINDINGS = 50
TAGS = {"unmet": "failure", "undetermined": "error", "met": ""}
VERDICTS = {"rejected": "failure", "inconclusive": "error", "pending": "skipped"}
"""Anything else is skipped, with the outcome said. So is an unmet criterion that is no `must`: it breaks no accepted build."""
COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def to_junit(document: Entry, language: str = "en") -> str:
    """`must` unmet is a failure, `must` undetermined an error; what waits, was waived or does not apply is skipped."""
    reading = Reading.of(document, language)
    findings = finding_map(document)
    suites = [_suite(reading, VERDICT, [_verdict(reading)])]
    for topic, outcomes in _by_topic(document).items():
        suites.append(_suite(reading, topic, [_case(reading, topic, outcome, findings) for outcome in outcomes]))
    root = Element("testsuites", {"name": inert(f"verifier {document['criteria']['profile']}")})
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.attrib[name]) for suite in suites)))
    root.extend(suites)
    indent(root)
    return HEAD + tostring(root, encoding="unicode") + "\n"


def _by_topic(document: Entry) -> dict[str, list[Entry]]:
    """The outcomes by the topic of what their criterion checks, in the order of the criteria."""
    topics: dict[str, list[Entry]] = {}
    for outcome in document["outcomes"]:
        criterion = document["criteria"]["criteria"].get(outcome["criterion"], {})
        topic = criterion.get("check", "").split(".")[0] or DECISIONS
        topics.setdefault(topic, []).append(outcome)
    return topics


def _suite(reading: Reading, topic: str, cases: Sequence[Element]) -> Element:
    checkers = [checker for checker in reading.document["checkers"] if checker["topic"] == topic]
    counts = {name: str(sum(case.find(tag) is not None for case in cases)) for tag, name in COUNTED.items()}
    milliseconds = sum(checker["milliseconds"] for checker in checkers)
    more = {
        "time": f"{milliseconds // 1000}.{milliseconds % 1000:03}",
        "timestamp": inert(reading.document["started"].removesuffix("Z")),
    }
    suite = Element("testsuite", {"name": inert(topic), "tests": str(len(cases)), **counts, **more})
    properties = SubElement(suite, "properties")
    for name, value in _properties(reading.document, checkers):
        SubElement(properties, "property", {"name": inert(name), "value": inert(value)})
    suite.extend(cases)
    return suite


def _properties(document: Entry, checkers: Sequence[Entry]) -> list[tuple[str, str]]:
    """What was judged, and which tools looked."""
    criteria = document["criteria"]
    return [
        ("verdict", document["verdict"]),
        ("kind", document["kind"]),
        ("commit", document["delivery"]["commit"]),
        ("criteria", f"{criteria['profile']} {criteria['version']} {criteria['digest']}"),
        *((f"checker.{one['name']}", f"{one['tool']} {one['version']}, {one['state']}") for one in checkers),
    ]


def _verdict(reading: Reading) -> Element:
    case = _named(reading, VERDICT, reading.word(VERDICT))
    if tag := VERDICTS.get(reading.document["verdict"]):
        text = f"{verdict_word(reading.document, reading.language)}. {sentence(reading.document, reading.language)}"
        SubElement(case, tag, {"type": VERDICT, "message": inert(text)})
    return case


def _named(reading: Reading, topic: str, name: str) -> Element:
    group = f"{reading.document['criteria']['profile']}.{topic}"
    return Element("testcase", {"classname": inert(group), "name": inert(name)})


def _case(reading: Reading, topic: str, outcome: Entry, findings: dict[str, Entry]) -> Element:
    case = _named(reading, topic, f"{outcome['criterion']}: {reading.title(outcome['criterion'])}")
    if tag := _tag(outcome):
        about = {"type": inert(outcome["level"]), "message": inert(_message(reading, outcome))}
        SubElement(case, tag, about).text = _listed(reading, outcome, findings)
    return case


def _tag(outcome: Entry) -> str:
    tag = TAGS.get(outcome["outcome"], "skipped")
    return "skipped" if tag and outcome["level"] != "must" else tag


def _message(reading: Reading, outcome: Entry) -> str:
    """What became of it, measured against required, and why: `unmet · 2 that block, required: none that block · a.py:3 …`."""
    became = reading.word(outcome["outcome"])
    if outcome["level"] != "must":
        level = reading.word(outcome["level"])
        became = reading.tr("{outcome} ({level}, does not decide)", outcome=became, level=level)
    required = reading.tr("required: {required}", required=outcome["required"]) if outcome["required"] else ""
    compared = ", ".join(part for part in (outcome["measured"], required) if part)
    return " · ".join(part.rstrip(".") for part in (became, compared, outcome["reason"]) if part)


def _listed(reading: Reading, outcome: Entry, findings: dict[str, Entry]) -> str:
    """The findings behind it, one a line."""
    behind = [findings[key] for key in outcome["findings"] if key in findings]
    behind.sort(key=lambda finding: (finding["path"] or "", finding["line"] or 0, finding["rule"]))
    told = [inert(f"{place(one)} {one['message']} ({one['rule']})") for one in behind]
    return "\n".join(cut(told, reading.language, FINDINGS))
