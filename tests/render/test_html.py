"""The page of a report: valid, the same in both languages, and inert whatever a delivery writes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import warnings
from functools import partial
from itertools import pairwise
from pathlib import Path

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import reported

from verifier.render.html import assessment, fitted, single, to_html
from verifier.render.inert import inert
from verifier.render.page import page as page_of
from verifier.report import from_dict, to_dict
from verifier.words import NARROW

RECORDED = Path(__file__).parents[1] / "fixtures" / "reports" / "label" / "report.json"
TRICKS = (
    '"><script>alert(1)</script>',
    "<img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</style><svg/onload=alert(1)>",
    "</title></pre></code><h1>accepted</h1>",
    "<!--",
    "]]>",
    "javascript:alert(1)",
    "https://evil.example/?a=1&b=2",
    "{{ 7*7 }}{% raw %}",
    "{0} {name} %s",
    "&lt;b&gt;&amp;",
    "\u202e\u2066\x00\x1b[31m\ud800\uffff",
    "\r\n::error::x",
)


def read(text):
    """The page as strictly as the standard has it: a mistake is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def structure(root):
    """Elements and attributes, without the words; what was signed is repeated in attributes of its own."""
    said = ("data-signed", "data-value")
    return [
        (element.tag, sorted((name, value if name not in said else "") for name, value in element.attrib.items()))
        for element in root.iter()
        if isinstance(element.tag, str)
    ]


def words(element):
    return " ".join("".join(element.itertext()).split())


def languages(text):
    """The page's parts by language."""
    return {part.get("id"): part for part in read(text).find("body/main").findall("div")}


def recorded():
    return to_dict(from_dict(json.loads(RECORDED.read_bytes())))


def things(**more):
    thing = {"path": "src/a.py", "line": 7, "rule": "semgrep:shell", "what": "A shell reads it.", "count": 1}
    return thing | {"why": {"en": "Others can run commands.", "fr": "D'autres peuvent exécuter des commandes."}} | more


def plain(document):
    """Without what to fix, as earlier reports were."""
    for step in document["flip"]:
        step.pop("things", None)
    return document


# What it says


def test_the_first_words_are_the_verdict_and_why():
    page = languages(to_html(reported.document()))["en"]
    assert words(page.find("section/h1")) == "✗ Would be rejected"
    assert words(page.find("section/p[2]")) == "1 required criterion is not met."
    official = languages(to_html(reported.document() | {"kind": "official"}))
    assert [words(official[language].find("section/h1")) for language in ("en", "fr")] == ["✗ Rejected", "✗ Rejeté"]


@pytest.mark.parametrize(
    ("url", "name"),
    [("https://git.example.org/team/shop.git", "shop"), (".", "local repository · dépôt local")],
)
def test_the_title_names_what_was_judged(url, name):
    document = reported.document()
    document["delivery"]["url"] = url
    assert words(read(to_html(document)).find("head/title")).endswith(f": {name} @ aaaaaaaaaaaa")


def test_what_the_sandbox_promises_is_told_in_the_readers_language():
    parts = languages(to_html(recorded()))
    assert "no network but the loopback" in words(parts["en"])
    assert "aucun réseau, sauf la boucle locale" in words(parts["fr"])


def test_what_a_stronger_sandbox_would_promise_is_told_as_absent():
    document = reported.document()
    document["sandbox"]["lacking"] = [{"en": "groups", "fr": "groupes"}]
    parts = languages(to_html(document))
    assert "Not here: groups" in words(parts["en"])
    assert "Absent ici : groupes" in words(parts["fr"])


@pytest.mark.parametrize(
    ("verdict", "outcome", "sentence"),
    [
        ("accepted", "met", "Every required criterion is met."),
        ("accepted", "waived", "Every required criterion is met or was waived."),
        (
            "pending",
            "awaiting a decision",
            "Nothing required is unmet. 3 criteria wait for a person's decision.",
        ),
        ("inconclusive", "undetermined", "Nothing required is unmet, but 3 criteria could not be determined."),
        ("inconclusive", "not applicable", "No criterion applied, so nothing can be said of this delivery."),
        ("rejected", "unmet", "3 required criteria are not met."),
    ],
)
def test_every_verdict_has_its_sentence(verdict, outcome, sentence):
    document = reported.document() | {"verdict": verdict}
    for one in document["outcomes"]:
        one["outcome"] = outcome
    assert words(languages(to_html(document))["en"].find("section/p[2]")) == sentence


def test_the_sections_stand_in_their_order():
    page = languages(to_html(reported.document()))["en"]
    assert [re.sub(r" \(\d+\)", "", words(heading)) for heading in page.findall(".//h2")] == [
        "What was judged",
        "Unmet criteria",
        "Waiting for a person",
        "What would change the verdict",
        "Other criteria",
        "Suppressions",
        "Configuration not applied",
        "Tampering",
        "Waivers",
        "Not examined",
        "Tests and coverage",
        "Tools",
        "Sandbox, times and evidence",
    ]


def test_a_finding_stands_at_its_line_with_the_rule():
    spot = languages(to_html(plain(recorded())))["en"].find(".//ol[@class='spots']/li")
    assert words(spot.find("p")) == "src/parcel_rates/label.py:7"
    assert words(spot.find("pre")).startswith('7 subprocess.run(f"lp -d {printer} -o label={name}", shell=True')
    assert "semgrep:shell-built-from-argument · CWE-78" in words(spot)


def test_what_to_fix_is_told_with_why_how_and_the_command_that_checks_it():
    document = reported.document()
    fix = {"en": "Pass a list.", "fr": "Passez une liste."}
    excerpt = "first\n\tsecond\n" + "more\n" * 20
    document["flip"][0] |= {
        "things": [things(fix=fix, count=3, excerpt=excerpt)],
        "check": "verifier assess . --only security",
    }
    page = languages(to_html(document))
    spot = page["fr"].find(".//ol[@class='spots']/li")
    assert "Pourquoi c'est important D'autres peuvent exécuter des commandes." in words(spot)
    assert "Comment corriger Passez une liste." in words(spot)
    assert "(3 fois)" in words(spot)
    rows = spot.findall("pre/code/span")
    assert [words(row) for row in rows[:2]] == ["7 first", "8 second"]
    assert (len(rows), "et 10 de plus" in words(spot)) == (12, True)
    assert "To check: verifier assess . --only security" in words(page["en"])


def test_things_without_words_are_shown_as_they_are():
    document = reported.document()
    document["flip"][0]["things"] = [{"path": None, "line": None, "rule": "r", "what": "w"}]
    spot = languages(to_html(document))["en"].find(".//ol[@class='spots']/li")
    assert [words(line) for line in spot] == ["The delivery as a whole", "w", "Rule r"]


def test_findings_behind_the_things_that_are_told_are_counted():
    found = [reported.finding(number, line=number + 1) for number in range(100)]
    document = reported.with_findings(found)
    document["flip"][0]["things"] = [things(line=number + 1, count=2) for number in range(30)]
    text = words(languages(to_html(document))["en"])
    assert "100 findings" in text
    assert "and 60 more" in text


def test_coverage_is_told_by_file_the_least_covered_first():
    document = reported.document()
    files = [("a.py", 3, 3, []), ("b.py", 4, 1, [[1, 2], [9, 9]]), ("c.py", 0, 0, [])]
    document["coverage"] = [
        {"path": path, "statements": whole, "covered": part, "branches": 0, "coveredBranches": 0, "missing": missing}
        for path, whole, part, missing in files
    ]
    pages = languages(to_html(document))
    rows = pages["en"].findall(".//table")[0].findall("tbody/tr")
    assert [words(row) for row in rows] == [
        "b.py25 %1 of 4▌1–2, ▌9",
        "a.py100 %3 of 3–Findings at 1, 3, 9",
        "c.py100 %0 of 0–",
    ]


def test_lines_that_no_test_runs_are_marked_and_findings_stand_beside_them():
    document = plain(recorded())
    spot = languages(to_html(document))["en"].find(".//ol[@class='spots']/li")
    path, line = words(spot.find("p")).split(":")
    counts = {"statements": 9, "covered": 8, "branches": 0, "coveredBranches": 0}
    document["coverage"] = [{"path": path, **counts, "missing": [[int(line), int(line)]]}]
    page = languages(to_html(document))["en"]
    row, *others = page.find(".//ol[@class='spots']/li").findall("pre/code/span")
    assert words(row).startswith(f"{line}▌")
    assert not any("▌" in words(other) for other in others)
    assert "▌ No test runs this line." in words(page)
    assert "Findings at 3, 7, 12" in words(page.find(".//table"))


def test_what_was_signed_is_named_beside_what_is_shown():
    """Of an official report: where each value stands in the assessment, and the value itself where its words are translated."""
    document = reported.document() | {"kind": "official", "contract": "MA-1"}
    for page in languages(to_html(document)).values():
        marked = {one.get("data-signed"): one.get("data-value") for one in page.iter() if one.get("data-signed")}
        assert marked == {
            "verdict": "rejected",
            "commit": "a" * 40,
            "contract.contract": "MA-1",
            "contract.round": "1",
            "criteria.digest": document["criteria"]["digest"],
            **{f"outcomes/{one['criterion']}/outcome": one["outcome"] for one in document["outcomes"]},
        }


def test_a_page_has_room_for_so_many_bytes():
    found = [reported.finding(number, line=number + 1, message='"' * 5000) for number in range(1000)]
    whole = plain(reported.with_findings(found))
    for most in (100_000, 40_000):
        text = fitted(partial(page_of, whole), "en", most)
        assert len(text.encode()) <= most
        assert "1,000 findings" in text
        assert whole["delivery"]["commit"] in text
    assert fitted(partial(page_of, reported.document()), "en", 10**6) == assessment(page_of(reported.document()), "en")


def test_what_is_long_is_counted_and_cut():
    found = [reported.finding(number, line=number + 1) for number in range(1232)]
    marks = [{"kind": "nosec", "path": "a.py", "line": 1, "text": "# nosec", "justification": ""}] * 312
    pages = languages(to_html(plain(reported.with_findings(found, suppressions=marks))))
    assert "1,232 findings" in words(pages["en"])
    assert "and 1,212 more" in words(pages["en"])
    assert f"et 1{NARROW}212 de plus" in "".join(pages["fr"].itertext())
    assert "and 212 more" in words(pages["en"])


def test_a_long_text_is_cut_and_what_is_left_is_counted():
    document = plain(reported.with_findings([reported.finding(message="x" * 5000)]))
    assert "x" * 1000 + " … (+4000)" in to_html(document)


def test_an_empty_list_is_told():
    empty = {name: [] for name in ("suppressions", "steering", "tampering", "waivers")}
    text = words(languages(to_html(reported.document() | empty))["en"])
    assert "Tampering (0) None." in text


def test_numbers_are_written_as_the_language_has_them():
    document = reported.document()
    document["score"]["value"] = 8744
    pages = languages(to_html(document))
    assert "87.44 %" in words(pages["en"])
    assert f"87,44{NARROW}%" in "".join(pages["fr"].itertext())


def test_section_34_is_told_in_each_language():
    text = to_html(reported.document())
    assert (
        "This report supports, and does not replace, certification under section 34 of the Financial Administration Act."
        in text
    )
    assert (
        "Ce rapport appuie, sans la remplacer, l&#39;attestation en vertu de l&#39;article 34 de la Loi sur la gestion"
        in text
    )


# Two languages


@pytest.mark.parametrize("document", [reported.document(), recorded()], ids=["made", "recorded"])
def test_both_languages_hold_the_same(document):
    pages = languages(to_html(document))
    shapes = {}
    for language, page in pages.items():
        page.attrib.clear()
        for element in page.iter():
            for name, value in element.attrib.items():
                element.set(name, re.sub(rf"(^#?){language}-", r"\1", value) if name != "aria-label" else "")
        shapes[language] = structure(page)
    assert shapes["en"] == shapes["fr"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_opens_in_the_language_asked_for(language):
    root = read(to_html(reported.document(), language))
    assert (root.get("lang"), root.get("class")) == (language, f"opens-{language}")
    assert next(part.get("id") for part in root.find("body/main")) == language
    alone = read(single(reported.document(), language))
    assert [part.get("lang") for part in alone.find("body/main")] == [language]


def french_words(page):
    """What stands in the French page without another language's mark."""
    if page.get("translate") == "no" or page.get("lang") == "en" or page.tag == "code":
        return
    yield page.text or ""
    for child in page:
        yield from french_words(child)
        yield child.tail or ""


def test_nothing_of_ours_is_english_in_the_french_page():
    """Whatever both pages say alike, and is no number, name or word of a tool, was left in English."""
    document = reported.document()
    pages = languages(to_html(document))
    english, french = (
        {text.strip() for text in french_words(pages[language]) if re.search(r"[A-Za-z]{3}", text)}
        for language in ("en", "fr")
    )
    alike = {text for text in english & french if not re.fullmatch(r"[\d: ()-]*UTC", text)}
    assert alike <= {"Verdict ·", "Commit", "words", "bandit", "semgrep"}


def test_french_signs_have_their_space():
    page = languages(to_html(reported.document()))["fr"]
    for text in french_words(page):
        assert not re.search(r"(?<=[^\s\d\u202f])[:;?!»%](\s|$)|[ \u00a0][:;?!»%]|«[^\u202f]", text), text


def test_words_of_a_tool_are_marked_as_english():
    document = plain(reported.with_findings([reported.finding(message="said by a tool")]))
    page = languages(to_html(document))["fr"]
    assert [span.get("lang") for span in page.iter("span") if span.text == "said by a tool"] == ["en"]


# Inert and whole


@pytest.mark.parametrize("trick", TRICKS, ids=ascii)
def test_a_known_trick_changes_no_structure(trick):
    """The same elements and attributes as of the harmless text, so none comes from it; and the text is there to read."""
    harmless = "x\nx" if "\n" in trick else "x"  # an excerpt has a row for each line
    plain, tricky = (read(to_html(reported.hostile(text))) for text in (harmless, trick))
    assert structure(tricky) == structure(plain)
    assert "".join(tricky.itertext()).count(inert(trick)) > 20


KEPT = frozenset(
    [
        "schema",
        "kind",
        "verdict",
        "outcome",
        "level",
        "state",
        "whose",
        "unit",
        "skip",
        "role",
        "severity",
        "confidence",
        "cause",
        "fingerprint",
        "findings",
        "language",
        "until",
    ]
)
"""Names whose text is one of a few words, or a link within the report."""


def everywhere(value, text):
    """The document with this text in every field, whoever wrote it, and as the name of every criterion."""
    if isinstance(value, dict):
        return {
            name: inner if name in KEPT and name != "findings" else everywhere(inner, text)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [inner if re.fullmatch("[0-9a-f]{32}", str(inner)) else everywhere(inner, text) for inner in value]
    return text if isinstance(value, str) else value


def filled():
    document = reported.document()
    document["flip"][0] |= {"things": [things(fix="f", help="h", excerpt="e")], "check": "c"}
    document["flip"][1]["things"] = [things(path="p")]
    document |= {"contract": "c", "selected": ["s"], "evidence": [{"name": "n", "mediaType": "m", "sha256": "s"}]}
    document["sandbox"] |= {"promises": ["p"], "lacking": ["p"]}
    document["coverage"] = [
        {"path": "p", "statements": 3, "covered": 1, "branches": 0, "coveredBranches": 0, "missing": [[1, 2]]}
    ]
    return document


@pytest.mark.parametrize("trick", TRICKS, ids=ascii)
def test_no_field_is_forgotten_whoever_wrote_it(trick):
    harmless = "x\nx" if "\n" in trick else "x"
    pages = [to_html(everywhere(filled(), text)) for text in (harmless, trick)]
    plain, tricky = (
        [
            (tag, [(name, value) for name, value in attributes if name != "datetime"])
            for tag, attributes in structure(read(page))
        ]
        for page in pages
    )
    assert tricky == plain
    pages[1].encode()


@given(text=st.lists(st.sampled_from(TRICKS) | st.text(max_size=5), max_size=5).map("".join))
@settings(max_examples=40, deadline=None)
def test_whatever_is_delivered_changes_no_structure(text):
    text = text.strip() or "x"
    text = text if text.split() else "x"
    whole = to_html(reported.hostile(text))
    whole.encode()
    tags = {tag for tag, _ in structure(read(whole))}
    assert not tags & {"script", "img", "svg", "iframe", "object", "form", "base"}
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069]", whole)


def test_every_address_is_within_the_page_and_every_one_of_them_is_there():
    for document in (reported.hostile("https://evil.example"), recorded()):
        root = read(to_html(document))
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        links = [element.get("href") for element in root.iter("a")]
        assert {link[1:] for link in links} <= set(ids)
        assert [element.get("href") for element in root.iter("link")] == ["data:,"]
        named = {element.get("aria-labelledby") for element in root.iter() if element.get("aria-labelledby")}
        assert named <= set(ids)


def test_the_policy_allows_the_one_style_and_nothing_else():
    root = read(to_html(reported.document()))
    policy = next(meta.get("content") for meta in root.iter("meta") if meta.get("http-equiv"))
    digest = base64.b64encode(hashlib.sha256(root.find("head/style").text.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; ")
    assert not any(element.get("style") for element in root.iter())
    assert "url(" not in root.find("head/style").text
    assert "@import" not in root.find("head/style").text


def test_headings_are_in_order_and_tables_have_heads():
    for page in languages(to_html(recorded())).values():
        levels = [int(element.tag[1]) for element in page.iter() if element.tag in ("h1", "h2", "h3", "h4")]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert all(head.get("scope") in ("col", "row") for head in page.iter("th"))


def test_the_same_report_gives_the_same_page():
    assert to_html(reported.document()) == to_html(reported.document())
