"""The words of states on the page, in both languages. A state is a word and a shape, never colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier.words import Text, say, say_n

OUTCOMES: Mapping[str, Text] = {
    "met": say("met"),
    "unmet": say("unmet"),
    "waived": say("waived"),
    "undetermined": say("undetermined"),
    "awaiting a decision": say("awaiting a decision"),
    "not applicable": say("not applicable"),
}
OFFICIAL: Mapping[str, Text] = {
    "accepted": say("Accepted"),
    "rejected": say("Rejected"),
    "inconclusive": say("Inconclusive"),
    "pending": say("Pending"),
}
SELF_CHECK: Mapping[str, Text] = {
    "accepted": say("Would be accepted"),
    "rejected": say("Would be rejected"),
    "inconclusive": say("Would be inconclusive"),
    "pending": say("Would be pending"),
}
KINDS: Mapping[str, Text] = {
    "official": say("Official assessment"),
    "self-check": say("Self-check: it decides nothing. Only the buyer's official assessment does."),
}
LEVELS: Mapping[str, Text] = {
    "must": say("must"),
    "should": say("should; does not decide"),
    "info": say("for information; does not decide"),
}
WHOSE: Mapping[str, Text] = {
    "supplier": say("The supplier can mend this."),
    "buyer": say("The buyer can mend this."),
    "operator": say("Whoever runs verifier can mend this."),
    "assessor": say("An assessor decides this."),
}
SOURCES: Mapping[str, Text] = {
    "git": say("a commit in a git repository"),
    "work tree": say("a work tree, with changes that are not in a commit"),
    "folder": say("a folder"),
    "archive": say("a source archive"),
}
STATES: Mapping[str, Text] = {"done": say("done"), "trouble": say("could not be run")}
STANDINGS: Mapping[str, Text] = {
    "signed": say("signed; it counts"),
    "expired": say("expired; it does not count"),
    "proposed": say("not signed: a proposal, which does not count"),
}
TIERS: Mapping[str, Text] = {
    "namespaces": say("kernel namespaces"),
    "none": say("none"),
}
MEASURES: Mapping[str, Text] = {
    "tests.collected": say("Tests found"),
    "tests.passed": say("Passed"),
    "tests.failed": say("Failed"),
    "tests.skipped": say("Skipped"),
    "tests.flaky": say("Sometimes failed, sometimes passed"),
    "tests.removed": say("Gone or newly skipped"),
    "tests.coverage.statements": say("Statements that the tests run"),
    "tests.coverage.branches": say("Branches that the tests take"),
}
CERTIFICATION = say(
    "This report supports, and does not replace, certification under section 34 of the Financial Administration Act."
)
COLOURS: Mapping[str, str] = {
    **dict.fromkeys(("met", "accepted", "done", "signed"), "good"),
    **dict.fromkeys(("unmet", "rejected"), "bad"),
    **dict.fromkeys(("undetermined", "inconclusive", "awaiting a decision", "pending", "trouble", "waived"), "open"),
}


def verdict(document: Mapping[str, Any]) -> Text:
    """A self-check says what the buyer's assessment would."""
    return (OFFICIAL if document["kind"] == "official" else SELF_CHECK)[document["verdict"]]


def sentence(document: Mapping[str, Any]) -> Text:
    """The verdict in one sentence."""
    musts = [outcome["outcome"] for outcome in document["outcomes"] if outcome["level"] == "must"]
    unmet, unknown, open_ = (musts.count(word) for word in ("unmet", "undetermined", "awaiting a decision"))
    match document["verdict"]:
        case "rejected":
            return say_n(
                unmet,
                "One required criterion is unmet and stands between this delivery and acceptance.",
                "{n} required criteria are unmet and stand between this delivery and acceptance.",
            )
        case "inconclusive" if unknown:
            return say_n(
                unknown,
                "Nothing required is unmet, but one required criterion could not be determined.",
                "Nothing required is unmet, but {n} required criteria could not be determined.",
            )
        case "inconclusive":
            return say("No criterion applied, so nothing can be said of this delivery.")
        case "pending":
            return say_n(
                open_,
                "Nothing required is unmet. One required criterion waits for a person's decision.",
                "Nothing required is unmet. {n} required criteria wait for a person's decision.",
            )
    if "waived" in musts:
        return say("Every required criterion is met or was waived.")
    return say("Every required criterion is met.")
