"""The report as Markdown, whole. Pure: a document in, text out."""

from __future__ import annotations

from typing import Any

from verifier.render import words
from verifier.render.inert import code, markdown


def to_markdown(document: dict[str, Any]) -> str:
    """Verdict, criteria, findings behind each unmet one, what was suppressed, not applied, not examined, and the tools."""
    sections = [
        _top(document),
        _criteria(document),
        _flip(document),
        _suppressions(document),
        _lists(document),
        _tools(document),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _top(document: dict[str, Any]) -> str:
    delivery, criteria = document["delivery"], document["criteria"]
    rows = [
        f"- Repository: {code(delivery['url'])}",
        f"- Commit: {code(delivery['commit'])} · tree {code(delivery['tree'])}",
        f"- Criteria: {code(criteria['profile'])} version {criteria['version']} · digest {code(criteria['digest'])}",
        f"- Run: {document['kind']} · sandbox {document['sandbox']['tier']} · {document['started']}",
        f"- {words.score(document)}",
    ]
    shape = words.SHAPES[document["verdict"]]
    return f"# {shape} {words.verdict_word(document)}\n\n{words.sentence(document)}\n\n" + "\n".join(rows)


def _criteria(document: dict[str, Any]) -> str:
    rows = ["## Criteria", "", "| Criterion | Level | Outcome | Measured | Required |", "|---|---|---|---|---|"]
    for o in document["outcomes"]:
        title = markdown(words.title(document, o["criterion"]))
        shape = words.SHAPES[o["outcome"]]
        cells = [title, o["level"], f"{shape} {o['outcome']}", markdown(o["measured"]), markdown(o["required"])]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _flip(document: dict[str, Any]) -> str:
    if not document["flip"]:
        return ""
    findings = words.finding_map(document)
    behind = {outcome["criterion"]: outcome["findings"] for outcome in document["outcomes"]}
    rows = ["## What would change the verdict", ""]
    for number, step in enumerate(document["flip"], 1):
        title = markdown(words.title(document, step["criterion"]))
        rows.append(f"{number}. **{title}** ({step['outcome']}, {step['whose']}): {markdown(step['do'])}")
        listed = [findings[key] for key in behind[step["criterion"]] if key in findings]
        listed.sort(key=lambda f: (f["path"] or "", f["line"] or 0))
        rows += [
            f"   - {line}"
            for line in words.cut([f"{code(words.place(f))} {markdown(f['message'])}" for f in listed], 50)
        ]
    return "\n".join(rows)


def _suppressions(document: dict[str, Any]) -> str:
    if not document["suppressions"]:
        return ""
    rows = [f"## Suppressions ({len(document['suppressions'])})", ""]
    items = []
    for s in document["suppressions"]:
        why = markdown(s["justification"]) if s["justification"] else "no justification"
        place = f"{s['path']}:{s['line']}"
        items.append(f"{code(place)} {code(s['text'])}: {why}")
    return "\n".join([*rows, *(f"- {item}" for item in words.cut(items, 200))])


def _lists(document: dict[str, Any]) -> str:
    steering = [f"{code(s['path'] or '-')} {markdown(s['what'])}" for s in document["steering"]]
    tampering = [markdown(t["what"]) for t in document["tampering"]]
    missed = [f"{code(path)} {markdown(reason)}" for path, reason in words.unexamined(document).items()]
    waivers = [
        f"{code(w['target'])} {markdown(w['reason'])} ({markdown(w['by'])}, until {markdown(w['until'])}): "
        + ("signed" if w["signed"] else "a proposal, does not count")
        for w in document["waivers"]
    ]
    sections = (
        ("Waivers", waivers),
        ("Configuration not applied", steering),
        ("Tampering", tampering),
        ("Not examined", missed),
    )
    return "\n\n".join(
        "\n".join([f"## {name} ({len(items)})", "", *(f"- {item}" for item in words.cut(items, 200))])
        for name, items in sections
        if items
    )


def _tools(document: dict[str, Any]) -> str:
    rows = [
        "## Checkers",
        "",
        "| Checker | Topic | Version | State | Examined | Findings | Time |",
        "|---|---|---|---|---|---|---|",
    ]
    for c in document["checkers"]:
        state = f"{words.SHAPES[c['state']]} {c['state']}" + (
            f": {markdown(c['trouble']['message'])}" if c["trouble"] else ""
        )
        cells = [
            c["name"],
            c["topic"],
            markdown(c["version"]),
            state,
            str(c["examined"]["files"]),
            str(len(c["findings"])),
        ]
        rows.append("| " + " | ".join([*cells, words.seconds(c["milliseconds"])]) + " |")
    return "\n".join(rows)
