"""Hidden characters and look-alike names in the sandbox: found at their column, named, never shown; honest text is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import checked

from verifier.annotate import annotate
from verifier.checker import Settings, ToolOutput
from verifier.checkers.unicode import Unicode
from verifier.model import Checkout, CheckResult, Finding, Role, Skip

RLO, RLI, LRI, PDI, RLM = "\u202e", "\u2067", "\u2066", "\u2069", "\u200f"
ZWSP, ZWJ, ZWNJ, BOM = "\u200b", "\u200d", "\u200c", "\ufeff"
HEBREW, ARABIC = "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627"
CYRILLIC_A, CYRILLIC_S, GREEK_NU, SIGMA, DELTA = "\u0430", "\u0441", "\u03bd", "\u03c3", "\u0394"
EMOJI = (
    "x = '\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f"
    " \U0001f3f4\U000e0067\U000e0062\U000e007f 1\ufe0f\u20e3'\n"
)
ACCENTS = (
    "# \u00e9t\u00e9 \u0444\u0443\u043d\u043a\u0446\u0438\u044f\n"
    "\u00e9t\u00e9 = na\u00efve = 1\nna\u00efv = 2\nete = naive = 3\n"
)
TROJAN = f'if level != "user{RLO} {LRI}# check{PDI} {LRI}":\n    pass\n'


def look(tmp_path: Path, files: dict[str, str | bytes]) -> CheckResult:
    for name, content in files.items():
        place = tmp_path / "delivery" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = checked.run(Unicode(), checked.checkout(tmp_path / "delivery"), tmp_path / "workspace")
    assert result.seen.trouble is None
    return result


def brief(findings: tuple[Finding, ...]) -> list[tuple[str, str | None, int | None, str]]:
    return [(one.rule, one.path, one.line, one.confidence) for one in findings]


@pytest.mark.parametrize("path", ["a.py", "a.js", "a.c", "Makefile", "a.yml", "a.json", "Dockerfile", "run", ".env"])
def test_a_bidirectional_control_in_what_a_machine_obeys_is_sure(tmp_path: Path, path: str) -> None:
    result = look(tmp_path, {path: f"x = 1\n{TROJAN}"})
    assert brief(result.seen.findings) == [("unicode:bidi-control", path, 2, "high")]
    (finding,) = result.seen.findings
    assert finding.message == (
        "Column 18: U+202E RIGHT-TO-LEFT OVERRIDE, U+2066 LEFT-TO-RIGHT ISOLATE, U+2069 POP DIRECTIONAL ISOLATE."
        " The line is shown in another order than it runs."
    )
    shown = repr(result.seen) + "".join(item.content.decode() for item in result.evidence)
    assert not {RLO, LRI, PDI} & set(shown)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", f"{RLI}{HEBREW}{PDI} is a word.\n"),
        ("locale/he/LC_MESSAGES/a.po", f'msgstr "{RLI}{HEBREW}{PDI}"\n'),
        ("locales/ar.json", f'{{"hello": "{RLI}{ARABIC}{PDI}"}}\n'),
        ("page.html", f"<p>{RLI}name{PDI}</p>\n"),
    ],
)
def test_in_text_for_people_it_is_a_note(tmp_path: Path, path: str, text: str) -> None:
    assert brief(look(tmp_path, {path: text}).seen.findings) == [("unicode:bidi-control", path, 1, "low")]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", f"{BOM}x = '{HEBREW} {ARABIC}'  # {HEBREW}\n"),
        ("a.py", f"x = '{HEBREW}{RLM}'\n"),
        (
            "a.py",
            EMOJI,
        ),
        ("a.py", f"x = '\u0645\u06cc{ZWNJ}\u062e\u0648\u0627\u0647\u0645 \u0915\u094d{ZWJ}\u0937'\n"),
        (
            "a.py",
            ACCENTS,
        ),
        ("a.py", f"x = '\\u202e{'a'}'\n"),
        ("a.py", "\u540d\u524d = \u304b\u306a\u30ab\u30ca\u6f22\u5b57 = 1\n"),
        ("a.po", f'msgstr "{ARABIC}{RLM}{ZWSP}"\n'),
        ("a.json", f'{{"a": "{HEBREW}{ZWSP}"}}\n'),
        ("a.md", f"words{ZWSP}\n"),
        ("latin.py", b"# -*- coding: latin-1 -*-\nx = 'd\xe9j\xe0 \xad'\n"),
    ],
    ids=[
        "RTL words",
        "mark in Hebrew",
        "emoji",
        "joiners",
        "accents",
        "escape",
        "CJK",
        "po",
        "json",
        "prose",
        "latin-1",
    ],
)
def test_honest_text_is_left_alone(tmp_path: Path, path: str, text: str | bytes) -> None:
    assert look(tmp_path, {path: text}).seen.findings == ()


@pytest.mark.parametrize(
    ("text", "column", "name"),
    [
        (f"x = 'a{ZWSP}b'\n", 7, "U+200B ZERO WIDTH SPACE"),
        (f"x = 'a'  # {BOM}\n", 12, "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        (f"x = 'a{ZWJ}b'\n", 7, "U+200D ZERO WIDTH JOINER"),
        (f"x = 'a{RLM}b'\n", 7, "U+200F RIGHT-TO-LEFT MARK"),
        ("x = 'a\u2060b'\n", 7, "U+2060 WORD JOINER"),
        ("x = 'a\u3164b'\n", 7, "U+3164 HANGUL FILLER"),
        ("x = 'a\U000e0041b'\n", 7, "U+E0041 TAG LATIN CAPITAL LETTER A"),
        ("x = '!\ufe00\ufe01'\n", 8, "U+FE01 VARIATION SELECTOR-2"),
    ],
)
def test_what_is_not_seen_in_source_is_a_note(tmp_path: Path, text: str, column: int, name: str) -> None:
    (finding,) = look(tmp_path, {"a.py": text}).seen.findings
    assert (finding.rule, finding.severity, finding.line) == ("unicode:invisible", "note", 1)
    assert finding.message == f"Column {column}: {name}. It is not seen."


def test_a_name_that_mixes_scripts_and_reads_as_ascii_is_sure(tmp_path: Path) -> None:
    (finding,) = look(
        tmp_path, {"a.py": f"def f():\n    p{CYRILLIC_A}yload = 1\n    p{CYRILLIC_A}yload\n"}
    ).seen.findings
    assert brief((finding,)) == [("unicode:look-alike", "a.py", 2, "high")]
    assert finding.message == (
        r"Column 5: the name p\u0430yload looks like payload and is another: U+0430 CYRILLIC SMALL LETTER A."
    )


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"a.py": f"{CYRILLIC_S} = 1\n", "lib/b.py": "c = 2\n"}, ("a.py", 1)),
        ({"a.py": "def f():\n    \u0435v\u0430l = print\n"}, ("a.py", 2)),
        ({"a.py": "\U0001d41e\U0001d42f\U0001d41a\U0001d425('1')\n"}, ("a.py", 1)),
        ({"a.py": f"name = 1\nx = f'{{n{CYRILLIC_A}me}}'\nn{CYRILLIC_A}me = 2\n"}, ("a.py", 2)),
        ({"a.py": "is_admin = 1\nis_\u03b1dmin = 2\n"}, ("a.py", 2)),
        ({"a.py": "name = 1\nna\u1160me = 2\n"}, ("a.py", 2)),
    ],
    ids=[
        "another file's name",
        "a builtin",
        "mathematical letters",
        "in an f-string",
        "Greek in a word",
        "a letter not seen",
    ],
)
def test_a_name_that_reads_as_another_is_sure(tmp_path: Path, files: dict[str, str], place: tuple[str, int]) -> None:
    found = [one for one in look(tmp_path, files).seen.findings if one.rule == "unicode:look-alike"]
    assert brief(tuple(found)) == [("unicode:look-alike", *place, "high")]


@pytest.mark.parametrize(
    "text",
    [f"v = 1\n{GREEK_NU} = 2\n", f"def f({SIGMA}x, ox): pass\n", f"{DELTA}t = 1\n", "\u03c1_max = 1\np_max = 2\n"],
    ids=["nu and v", "sigma x", "delta t", "rho max"],
)
def test_the_symbols_of_a_formula_never_decide(tmp_path: Path, text: str) -> None:
    assert {one.confidence for one in look(tmp_path, {"a.py": text}).seen.findings} <= {"low"}


def test_an_excerpt_shows_no_character_raw(tmp_path: Path) -> None:
    result = look(tmp_path, {"a.py": TROJAN})
    tree = checked.checkout(tmp_path / "delivery")
    (finding,) = annotate(result, tree, frozenset(), lambda _: TROJAN.split("\n")).seen.findings
    assert finding.excerpt.startswith(r'if level != "user\u202e \u2066# check')
    assert finding.excerpt.isascii()


def test_what_is_no_text_is_named_and_what_does_not_parse_is_searched(tmp_path: Path) -> None:
    result = look(tmp_path, {"a.bin": b"\0\1", "torn.py": f"def f(:\n    {RLO}\n"})
    assert [(one.path, one.skip) for one in result.seen.not_examined] == [("a.bin", Skip.NOT_TEXT)]
    assert brief(result.seen.findings) == [("unicode:bidi-control", "torn.py", 2, "high")]


def test_many_are_counted(tmp_path: Path) -> None:
    result = look(tmp_path, {"a.py": f"# {RLO}\n" * 30})
    assert len(result.seen.findings) == 20
    assert result.seen.notes == ("a.py: 10 more places with hidden characters are counted and not listed.",)


def test_tests_have_their_role(tmp_path: Path) -> None:
    result = look(tmp_path, {"tests/test_a.py": TROJAN})
    (finding,) = annotate(result, checked.checkout(tmp_path / "delivery"), frozenset(), lambda _: []).seen.findings
    assert finding.role is Role.TESTS


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    files = {"a.py": TROJAN, "b.py": f"n{CYRILLIC_A}me = 1\n"}
    first, second = (look(tmp_path / name, files).evidence[0].sha256 for name in ("one", "two"))
    assert first == second


@pytest.mark.self
def test_an_empty_tree_is_no_step_and_an_answer_about_other_files_is_refused(tmp_path: Path) -> None:
    empty = Checkout(delivery=checked.inventoried.DELIVERY, root=Path("/nowhere"))
    assert Unicode().steps(empty, Settings()) == []
    assert Unicode().parse(empty, []).examined == frozenset()
    (tmp_path / "a.txt").write_text("words\n")
    tree = checked.checkout(tmp_path)
    (command,) = Unicode().steps(tree, Settings())
    answer = json.dumps({"scanned": [], "skipped": {}, "findings": [], "more": []}).encode()
    with pytest.raises(ValueError, match="exactly the files"):
        Unicode().parse(tree, [ToolOutput(command=command, exit_code=0, stdout=answer, stderr=b"", files={})])
