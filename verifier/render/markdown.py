"""The report as Markdown, whole. Pure: a document in one language in, text out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from verifier.render import running, words
from verifier.render.inert import code, markdown
from verifier.render.steps import Step, steps
from verifier.units import shown
from verifier.words import counter, translator

Entry = dict[str, Any]
THINGS = 50
LISTED = 200


def to_markdown(document: Entry, language: str = "en") -> str:
    """Verdict, what would flip it, criteria, what was suppressed, not applied, not examined, how tests were run, the tools."""
    page = Page(document, language)
    sections = [
        page.top(),
        page.flip(),
        page.criteria(),
        page.suppressions(),
        *page.lists(),
        *page.tests(),
        page.tools(),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


class Page:
    """The sections, each as text without a line break at its end; empty where there is nothing to say."""

    def __init__(self, document: Entry, language: str) -> None:
        self.document, self.language = document, language
        self.tr, self.tr_n = translator(language), counter(language)

    def verdict(self) -> str:
        shape = words.SHAPES[self.document["verdict"]]
        return f"{shape} {words.verdict_word(self.document, self.language)}"

    def top(self) -> str:
        document, tr = self.document, self.tr
        delivery, criteria = document["delivery"], document["criteria"]
        kind = words.word(document["kind"], self.language)
        version = tr("version {n}", n=criteria["version"])
        named = f"{code(criteria['profile'])} {version}"
        tier = words.word(document["sandbox"]["tier"], self.language)
        rows = [
            tr("Repository: {value}", value=code(delivery["url"])),
            tr("Commit: {value} · tree {tree}", value=code(delivery["commit"]), tree=code(delivery["tree"])),
            tr("Criteria: {value} · digest {digest}", value=named, digest=code(criteria["digest"])),
            tr("Run: {kind} · sandbox {tier} · {when}", kind=kind, tier=markdown(tier), when=document["started"]),
            markdown(words.score(document, self.language)),
        ]
        listed = "\n".join(f"- {row}" for row in rows if row)
        said = words.sentence(document, self.language), words.uncommitted(document, self.language)
        return "\n\n".join([f"# {self.verdict()}", *(markdown(text) for text in said if text), listed])

    def criteria(self) -> str:
        tr = self.tr
        names = (tr("Criterion"), tr("Level"), tr("Outcome"), tr("Measured"), tr("Required"))
        rows = []
        for o in self.document["outcomes"]:
            outcome = words.became(self.document, o)
            became = f"{words.SHAPES[outcome]} {words.word(outcome, self.language)}"
            title = markdown(words.title(self.document, o["criterion"]))
            level = words.word(o["level"], self.language)
            rows.append((title, level, became, markdown(o["measured"]), markdown(o["required"])))
        heading = tr("Criteria")
        return f"## {heading}\n\n{_table(names, rows)}"

    def flip(self, most: int = THINGS) -> str:
        if not self.document["flip"]:
            return ""
        heading = self.tr("What would flip this")
        rows = [f"## {heading}", ""]
        for number, step in enumerate(steps(self.document), 1):
            rows += self.step(number, step, most)
        return "\n".join(rows)

    def step(self, number: int, step: Step, most: int) -> Iterator[str]:
        """One numbered entry with its things; why and how are said of the first of several that need the same."""
        named = words.listed(words.cut([markdown(title) for title in step.titles], self.language, 5), self.language)
        titles, do = f"**{named}**", markdown(step.do)
        became, whose = words.word(step.outcome, self.language), words.word(step.whose, self.language)
        told = self.tr("{titles} ({outcome}, {whose}): {do}", titles=titles, outcome=became, whose=whose, do=do)
        if step.left_out:  # nobody has to provide anything
            told = self.tr("{titles}: {do}", titles=titles, do=do)
        yield f"{number}. {told}"
        said: set[tuple[str, str]] = set()
        for thing in step.things[:most]:
            yield f"   - {self.thing(thing, said)}"
        if left := len(step.things[most:]) + step.more:
            yield f"   - {words.more(left, self.language)}"
        if step.check:
            check, why = code(step.check), code(step.explain())
            reproduce, reason = self.tr("Reproduce: {command}", command=check), self.tr("Why: {command}", command=why)
            yield f"   - {reproduce} · {reason}"

    def thing(self, thing: Entry, said: set[tuple[str, str]]) -> str:
        place, rule = words.place(thing), thing["rule"]
        count = words.places(thing, self.language)
        named = f" ({code(rule)})" if rule and place != rule else ""
        told = ""
        if (thing["why"], thing["fix"]) not in said:
            said.add((thing["why"], thing["fix"]))
            told = " ".join(markdown(text) for text in (thing["why"], thing["fix"]) if text)
        first = f"{code(place)} {markdown(thing['what'])}{named}{count}".strip()
        return f"{first}<br>{told}" if told else first

    def suppressions(self) -> str:
        bare = self.tr("no justification")
        items = []
        for s in self.document["suppressions"]:
            place = f"{s['path']}:{s['line']}"
            why = markdown(s["justification"]) if s["justification"] else bare
            items.append(f"{code(place)} {code(s['text'])} — {why}")
        return self._section(self.tr("Suppressions"), items)

    def lists(self) -> list[str]:
        document, tr = self.document, self.tr
        waivers = [self._waiver(waiver) for waiver in document["waivers"]]
        steering = [f"{code(s['path'] or '-')} {markdown(s['what'])}" for s in document["steering"]]
        tampering = [markdown(t["what"]) for t in document["tampering"]]
        missed = [f"{code(path)} {markdown(reason)}" for path, reason in words.unexamined(document).items()]
        left = [code(path) for path in document["delivery"]["notIncluded"]]
        return [
            self._section(tr("Waivers"), waivers),
            self._section(tr("Configuration not applied"), steering),
            self._section(tr("Tampering"), tampering),
            self._section(tr("Not examined"), missed),
            self._section(tr("Not in the commit, so not judged"), left),
        ]

    def _waiver(self, waiver: Entry) -> str:
        by, until = markdown(waiver["by"]), markdown(waiver["until"])
        stands = self.tr("signed") if waiver["signed"] else self.tr("a proposal, does not count")
        named = self.tr("by {who}, until {day}", who=by, day=until)
        stands_so = words.listed((named, stands), self.language)
        return f"{code(waiver['target'])} {markdown(waiver['reason'])} ({stands_so})"

    def _section(self, name: str, items: Sequence[str]) -> str:
        if not items:
            return ""
        listed = "\n".join(f"- {item}" for item in words.cut(list(items), self.language, LISTED))
        return f"## {name} ({len(items)})\n\n{listed}"

    def tests(self) -> Iterator[str]:
        """What was measured of the tests, and how they were run: the steps, and what makes the environment again."""
        rows = []
        for one in running.measures(self.document):
            detail = f" ({markdown(one['detail'])})" if one["detail"] else ""
            value = markdown(shown(one["value"], one["unit"]).in_language(self.language)) + detail
            name = markdown(words.phrase(one["name"], self.language))
            rows.append(self.tr("{name}: {value}", name=name, value=value))
        if rows:
            heading = self.tr("Tests and coverage")
            yield f"## {heading}\n\n" + "\n".join(f"- {row}" for row in rows)
        for found in running.runnings(self.document):
            yield self._running(found)

    def _running(self, one: running.Running) -> str:
        tr = self.tr
        heading = tr("How the tests of the base were run") if one.base else tr("How the tests were run")
        if not running.asked(self.document):
            heading = tr("How the environment was built")
        rows = [f"## {heading}", ""]
        for attempt in one.attempts:
            rows.append(f"- {markdown(words.said(attempt.said, self.language))}")
            steps = [code(words.said(step, self.language)) for step in attempt.steps]
            rows += [f"  - {step}" for step in words.cut(steps, self.language, LISTED)]
        others = [markdown(words.said(note, self.language)) for note in one.others]
        rows += [f"- {note}" for note in words.cut(others, self.language, LISTED)]
        if one.installed:
            packages = ", ".join(words.cut(one.installed, self.language, LISTED))
            number = self.tr_n(len(one.installed), "{n} package", "{n} packages")
            rows.append("- " + tr("Installed: {number}: {packages}", number=number, packages=code(packages)))
        if one.again:
            rows.append("- " + tr("To make it again: {command}", command=code(one.again)))
        return "\n".join(rows)

    def tools(self) -> str:
        tr = self.tr
        names = (tr("Checker"), tr("Topic"), tr("Version"), tr("State"), tr("Examined"), tr("Findings"), tr("Time"))
        rows = []
        for c in self.document["checkers"]:
            state = f"{words.SHAPES[c['state']]} {words.word(c['state'], self.language)}"
            if c.get("cached"):
                state = f"{state}, {words.phrase('cached.' + c['cached'], self.language)}"
            if c["trouble"]:
                state = tr("{state}: {why}", state=state, why=markdown(c["trouble"]["message"]))
            topic = markdown(words.word(c["topic"], self.language))
            examined, found = str(c["examined"]["files"]), str(len(c["findings"]))
            time = words.seconds(c["milliseconds"], self.language)
            rows.append((markdown(c["name"]), topic, markdown(c["version"]), state, examined, found, time))
        heading = tr("Checkers")
        return f"## {heading}\n\n{_table(names, rows)}"


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
