"""The words and shapes that every renderer shares. A state is a word and a shape, never colour alone.

A renderer gets the document in one language already (`verifier.words.in_language`) and the language for what it writes around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from verifier.render.inert import inert
from verifier.units import shown
from verifier.words import Text, counter, later, say, translator

NOT_ASKED = later("not asked for")
"""Of an outcome that a run of a part says nothing about."""
SHAPES = {
    "met": "✓",
    "accepted": "✓",
    "unmet": "✗",
    "rejected": "✗",
    "undetermined": "?",
    "inconclusive": "?",
    "awaiting a decision": "…",
    "pending": "…",
    "waived": "~",
    "not applicable": "–",
    NOT_ASKED: "–",
    "done": "✓",
    "trouble": "?",
}
COLOURS = {
    **dict.fromkeys(("met", "accepted", "done", "signed"), "good"),
    **dict.fromkeys(("unmet", "rejected"), "bad"),
    **dict.fromkeys(("undetermined", "inconclusive", "awaiting a decision", "pending", "trouble", "waived"), "open"),
}
"""Of the page, beside the shape."""
PHRASES = {
    "official": later("Official assessment"),
    "self-check": later("Self-check: it decides nothing. Only the buyer's official assessment does."),
    "should": later("should; does not decide"),
    "info": later("for information; does not decide"),
    "supplier": later("The supplier can mend this."),
    "buyer": later("The buyer can mend this."),
    "operator": later("Whoever runs verifier can mend this."),
    "assessor": later("An assessor decides this."),
    "git": later("a commit in a git repository"),
    "work tree": later("a work tree, with changes that are not in a commit"),
    "folder": later("a folder"),
    "archive": later("a source archive"),
    "trouble": later("could not be run"),
    "signed": later("signed; it counts"),
    "expired": later("expired; it does not count"),
    "proposed": later("not signed: a proposal, which does not count"),
    "namespaces": later("kernel namespaces"),
    "namespaces+cgroups": later("kernel namespaces and control groups"),
    "cached.all": later("from the cache"),
    "cached.part": later("in part from the cache"),
    "tests.collected": later("Tests found"),
    "tests.passed": later("Passed"),
    "tests.failed": later("Failed"),
    "tests.skipped": later("Skipped"),
    "tests.flaky": later("Sometimes failed, sometimes passed"),
    "tests.removed": later("Gone or newly skipped"),
    "tests.xfailed": later("Expected to fail, and did"),
    "tests.inherited": later("Failed before the delivery as well"),
    "tests.coverage.statements": later("Statements that the tests run"),
    "tests.coverage.branches": later("Branches that the tests take"),
    "tests.mutants": later("Small changes tried"),
    "tests.mutants.killed": later("Changes at which a test fails"),
    "tests.mutants.asserted": later("Changes at which an assertion fails, where the code still runs"),
}
"""What the page, which has room, says instead of the word of the document."""
CERTIFICATION = later(
    "This report supports, and does not replace, certification under section 34 of the Financial Administration Act."
)
SHOWN = 10
NAMED = 5
"""Files in a sentence."""
TOPICS = {"project": "source"}
"""The topic that makes a measure, where its name does not begin with it."""
Said = str | Mapping[str, str]
"""A sentence of a document that holds both languages: a string where it is in the words of a tool or of an old report."""


@cache
def vocabulary() -> Mapping[str, Text]:
    """The document's own words, as people read them: outcomes, verdicts, levels, who, why, roles, topics, kinds, states."""
    said = (
        say("met"),
        say("unmet"),
        say("undetermined"),
        say("awaiting a decision"),
        say("waived"),
        say("not applicable"),
        say("not asked for"),
        say("accepted"),
        say("rejected"),
        say("inconclusive"),
        say("pending"),
        say("must"),
        say("should"),
        say("info"),
        say("supplier"),
        say("buyer"),
        say("operator"),
        say("assessor"),
        say("official"),
        say("self-check"),
        say("done"),
        say("trouble"),
        say("tool"),
        say("sandbox"),
        say("environment"),
        say("interpreter"),
        say("service"),
        say("network"),
        say("time"),
        say("memory"),
        say("language"),
        say("limit"),
        say("delivery"),
        say("source"),
        say("tests"),
        say("docs"),
        say("examples"),
        say("migrations"),
        say("setup"),
        say("licence"),
        say("security"),
        say("lint"),
        say("project"),
        say("decisions"),
        say("verdict"),
        say("error"),
        say("warning"),
        say("note"),
        say("high"),
        say("medium"),
        say("low"),
        say("signed"),
        say("expired"),
        say("proposed"),
        say("yes"),
        say("no"),
        say("namespaces"),
        say("namespaces+cgroups"),
        say("none"),
    )
    return {word.en: word for word in said}


def word(value: str, language: str) -> str:
    """A word of the document in the reader's language; one that is not ours stays as it is."""
    known = vocabulary().get(value)
    return known.in_language(language) if known else value


def phrase(value: str, language: str) -> str:
    """A word of the document at length, where there is more to say of it than the word."""
    return translator(language)(PHRASES[value]) if value in PHRASES else word(value, language)


def said(value: Said, language: str) -> str:
    """The sentence in that language; only the page, which holds both, reads a document that is not in one already."""
    return value if isinstance(value, str) else value.get(language) or value.get("en", "")


def sentence(document: dict[str, Any], language: str) -> str:
    """The verdict in one sentence, without the list that it announces."""
    musts = [became(document, outcome) for outcome in document["outcomes"] if outcome["level"] == "must"]
    part = document["verdict"] == "inconclusive" and NOT_ASKED in musts
    whole = _part(document, musts, language) if part else _whole(document["verdict"], musts, language)
    return " ".join(filter(None, (whole, stopped(document, language))))


def stopped(document: Mapping[str, Any], language: str) -> str:
    """That the run was not whole, where the first thing that was wrong ended it."""
    tr = translator(language)
    early = tr("The assessment stopped early (--fail-fast): not everything was checked.")
    return early if document.get("stopped") else ""


def _whole(verdict: str, musts: list[str], language: str) -> str:
    tr, tr_n = translator(language), counter(language)
    match verdict:
        case "rejected":
            number = musts.count("unmet")
            return tr_n(number, "{n} required criterion is not met.", "{n} required criteria are not met.")
        case "inconclusive" if number := musts.count("undetermined"):
            return tr_n(
                number,
                "Nothing required is unmet, but {n} criterion could not be determined.",
                "Nothing required is unmet, but {n} criteria could not be determined.",
            )
        case "inconclusive":
            return tr("No criterion applied, so nothing can be said of this delivery.")
        case "pending":
            return tr_n(
                musts.count("awaiting a decision"),
                "Nothing required is unmet. {n} criterion waits for a person's decision.",
                "Nothing required is unmet. {n} criteria wait for a person's decision.",
            )
    if "waived" in musts:
        return tr("Every required criterion is met or was waived.")
    return tr("Every required criterion is met.")


def _part(document: dict[str, Any], musts: list[str], language: str) -> str:
    """What came of the part that was asked for."""
    tr, tr_n = translator(language), counter(language)
    names = ", ".join(inert(word(one, language)) for one in document["selected"])
    if number := musts.count("undetermined"):
        return tr_n(
            number,
            "{names}: nothing unmet in what was asked, but {n} criterion could not be determined.",
            "{names}: nothing unmet in what was asked, but {n} criteria could not be determined.",
            names=names,
        )
    if set(musts) <= {NOT_ASKED, "awaiting a decision"}:
        return tr("{names}: no required criterion is about what was asked.", names=names)
    return tr("{names}: nothing unmet in what was asked. The rest was not asked for, so it is not judged.", names=names)


def name(document: dict[str, Any], language: str) -> str:
    """What was judged, by the last part of its address."""
    last = str(document["delivery"]["url"]).rstrip("/").removesuffix(".git").rsplit("/", 1)[-1]
    tr = translator(language)
    if last not in (".", ""):
        return last
    return tr("local folder") if document["delivery"].get("source") == "folder" else tr("local repository")


def heading(document: dict[str, Any], language: str) -> str:
    """What was judged, under which criteria, in which kind of run."""
    delivery, criteria = document["delivery"], document["criteria"]
    kind = word(document["kind"], language)
    return f"{name(document, language)} @ {delivery['commit'][:12]} · {criteria['profile']} · {kind}"


def verdict_word(document: dict[str, Any], language: str, *, capitals: bool = True) -> str:
    """A self-check says what the buyer's assessment would; only that one decides."""
    said = word(document["verdict"], language)
    said = said.upper() if capitals else said
    tr = translator(language)
    whole = said if document["kind"] == "official" else tr("Would be {verdict}", verdict=said)
    return whole[:1].upper() + whole[1:]


def finding_map(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f["fingerprint"]: f for checker in document["checkers"] for f in checker["findings"]}


def place(finding: dict[str, Any]) -> str:
    if not finding["path"]:
        return str(finding["rule"] or "")
    return f"{finding['path']}:{finding['line']}" if finding["line"] else str(finding["path"])


def places(thing: dict[str, Any], language: str) -> str:
    """Of a thing at several lines of one file, the lines."""
    if thing["count"] < 2:
        return ""
    said = ", ".join([str(line) for line in thing["lines"][:SHOWN]])
    left = thing["count"] - min(len(thing["lines"]), SHOWN)
    tr = translator(language)
    lines = tr("{lines} {more}", lines=said, more=more(left, language)) if left else said
    return tr(" ({n} places: lines {lines})", n=thing["count"], lines=lines)


def more(number: int, language: str) -> str:
    tr_n = counter(language)
    return tr_n(number, "and {n} more", "and {n} more")


def listed(items: Iterable[str], language: str) -> str:
    """In one line."""
    tr = translator(language)
    return tr("; ").join(items)


def cut(items: list[str], language: str, most: int = SHOWN) -> list[str]:
    """Counted first, then cut with how many are left."""
    return items if len(items) <= most else [*items[:most], more(len(items) - most, language)]


def score(document: dict[str, Any], language: str) -> str:
    """The score with its derivation; none of a part, as it would count what was not asked for, or not run, as missing."""
    if document["selected"] or document.get("stopped"):
        return ""
    value = shown(document["score"]["value"], "basis points").in_language(language)
    said = document["score"]["derivation"]
    tr = translator(language)
    return tr("Score: {value}, {derivation}.", value=value, derivation=said)


def cached(document: Mapping[str, Any], language: str) -> str:
    """Which checkers' results an earlier run had found, of the same files, rules and versions; empty where none."""
    tr = translator(language)
    marked = [(one["cached"], inert(one["name"])) for one in document["checkers"] if one.get("cached")]
    whole, part = (", ".join(name for mark, name in marked if mark == wanted) for wanted in ("all", "part"))
    told = tr("From the cache: {names}.", names=whole) if whole else ""
    return " ".join(filter(None, (told, tr("In part from the cache: {names}.", names=part) if part else "")))


def seconds(milliseconds: int, language: str) -> str:
    return shown(milliseconds, "milliseconds").in_language(language)


def provided(document: dict[str, Any], whose: str, language: str) -> str:
    """Who has to provide what is missing. A self-check is read by the supplier, so it says what that is to them."""
    tr = translator(language)
    if document["kind"] == "self-check" and whose == "buyer":
        return tr("Only the buyer can settle this for the official assessment: ask before you deliver.")
    if document["kind"] == "self-check" and whose == "supplier":
        return tr("You can mend this.")
    if document["kind"] == "self-check" and whose == "operator":
        return tr("Whoever runs verifier can mend this: in a self-check, you.")
    return tr("To be provided by: {who}.", who=word(whose, language))


def unexamined(document: dict[str, Any]) -> dict[str, str]:
    """Files that some checker should have looked into and did not, with the first reason."""
    found: dict[str, str] = {}
    for checker in document["checkers"]:
        for skip in checker["notExamined"]:
            if skip["skip"] != "language":
                found.setdefault(skip["path"], skip["reason"])
    return found


def uncommitted(document: dict[str, Any], language: str) -> str:
    """What was left out of a local repository because no commit holds it, and how it is judged; nothing where all was."""
    paths = document["delivery"]["notIncluded"]
    if not paths:
        return ""
    tr_n = counter(language)
    return tr_n(
        len(paths),
        "{n} file is not in the commit and was not judged ({names}): commit it, or add --dirty.",
        "{n} files are not in the commit and were not judged ({names}): commit them, or add --dirty.",
        names=", ".join(cut([inert(path) for path in paths], language, NAMED)),
    )


def title(document: dict[str, Any], criterion: str) -> str:
    entry = document["criteria"]["criteria"].get(criterion)
    return str(entry["title"]) if entry else criterion


def topic(document: dict[str, Any], criterion: str) -> str:
    """What the criterion is about: the first part of the name of what it checks; what people decide has none."""
    return check(document, criterion).split(".")[0] or "decisions"


def left_out(document: dict[str, Any], entry: dict[str, Any]) -> bool:
    """Whether the topic of an outcome, or of a step that would flip it, was not asked for in this run."""
    if entry["outcome"] != "undetermined" or not document["selected"]:
        return False
    about = topic(document, entry["criterion"])
    return not any(checker["topic"] == TOPICS.get(about, about) for checker in document["checkers"])


def became(document: dict[str, Any], outcome: dict[str, Any]) -> str:
    """The outcome's word; what was not asked for is not unknown."""
    return NOT_ASKED if left_out(document, outcome) else str(outcome["outcome"])


def check(document: dict[str, Any], criterion: str) -> str:
    """The measure, or the findings, that the criterion is held against."""
    return str(document["criteria"]["criteria"].get(criterion, {}).get("check", ""))
