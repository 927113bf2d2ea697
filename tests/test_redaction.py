"""No secret is in anything that an assessment keeps or shows, whoever quotes it: a tool, a test, a comment, the history."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader
from support import made
from support.git_repository import new_repository
from support.tokens import armoured, github

from verifier.cli import main
from verifier.cli.documents import FORMATS
from verifier.model import CheckResult, Evidence, Measure, Skip, Tampering, Trouble
from verifier.redaction import MASK, REMOVED, redacted, without
from verifier.words import Text, in_language

EXAMPLE = Path(__file__).parent.parent / "examples" / "parcel-rates"
SECRET = "q7Tz-41x\\9Vb-nn3R-p0c2"


def quoting(text: str) -> CheckResult:
    """A result that has the text wherever words can be."""
    finding = made.finding(excerpt=f"key = {text}")
    return replace(
        made.result(
            findings=(replace(finding, message=Text(f"In {text}.", f"Dans {text}.")),),
            not_examined=(made.skipped(path=f"{text}.bin", skip=Skip.TOOL),),
            measures=(Measure(name="tests.passed", value=1, detail=f"1 passed: {text}"),),
            tampering=(Tampering(what=f"wrote {text}"),),
            notes=(f"installed with {text}",),
            trouble=Trouble(cause="tool", message=f"ended with {text}", mend=f"without {text}"),  # type: ignore[arg-type]
            secrets=frozenset({text}),
        ),
        evidence=(
            Evidence(name="a.json", media_type="application/json", content=json.dumps([text]).encode()),
            Evidence(name="a.txt", media_type="text/plain", content=f"{text} {text}".encode(), removed=("clock",)),
            Evidence(name="b.txt", media_type="text/plain", content=b"nothing of it"),
        ),
    )


@pytest.mark.self
def test_a_secret_is_masked_wherever_words_can_be() -> None:
    result = redacted(quoting(SECRET), frozenset({SECRET}))
    (finding,) = result.seen.findings
    assert isinstance(finding.message, Text)
    assert (finding.message.en, finding.message.fr) == (f"In {MASK}.", f"Dans {MASK}.")
    assert result.seen.trouble
    assert result.seen.trouble.mend == f"without {MASK}"
    assert SECRET not in repr(result)
    assert SECRET.encode() not in b"".join(item.content for item in result.evidence)
    assert result.seen.secrets == frozenset()


@pytest.mark.self
def test_evidence_is_redacted_before_it_is_hashed_and_says_so() -> None:
    before = quoting(SECRET)
    first, second, third = redacted(before, frozenset({SECRET})).evidence
    assert (first.content, first.removed) == (b'["(secret)"]', (REMOVED,))
    assert (second.content, second.removed) == (b"(secret) (secret)", ("clock", REMOVED))
    assert third == before.evidence[2]
    assert first.sha256 != before.evidence[0].sha256


@pytest.mark.self
def test_where_nothing_is_secret_nothing_is_changed() -> None:
    result = made.result(findings=(made.finding(),))
    assert redacted(result, frozenset()) is result


@pytest.mark.self
def test_a_secret_that_a_tool_cut_short_is_masked_by_how_it_begins_and_ends() -> None:
    assert without(f"said '{SECRET[:15]}...'", [SECRET], MASK) == "said '(secret)...'"
    assert without(f"said '{SECRET[:12]}...{SECRET[-13:]}'", [SECRET], MASK) == "said '(secret)...(secret)'"
    assert without(f"said '{SECRET[:11]}'", [SECRET], MASK) == f"said '{SECRET[:11]}'"


def seeded(folder: Path) -> dict[str, list[str]]:
    """A repository of the example in which everybody is made to quote a secret; what must not be seen again, by where it is."""
    repository = new_repository(folder)
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
    old, token, key, password = github("old"), github("new"), armoured("key"), "open sesame"
    lines = [line for line in key.splitlines() if "-----" not in line]
    repository.commit({"deploy.env": f"TOKEN={old}\n"})
    code = (
        '"""Docs."""\n\n'
        f'TOKEN = "{token}"\nPASSWORD = "{password}"\nKEY = """{key}"""\n\n\n'
        f'def ours(word):\n    """Docs."""\n    return word == "{token}" or word == "{password}"  # noqa: {token}\n'
    )
    test = (
        "from parcel_rates import secret\n\n\n"
        "def test_words():\n    print(secret.KEY)\n    raise ValueError(secret.TOKEN + secret.PASSWORD)\n\n\n"
        "def test_equal():\n    assert secret.TOKEN == 'another'\n\n\n"
        f"def test_old():\n    assert '{old[:9]}' '{old[9:]}' == 'another'\n"
    )
    repository.commit(
        {
            "deploy.env": "\n",
            "src/parcel_rates/secret.py": code,
            "tests/test_secret.py": test,
            "a.ini": f"url=https://x:{token}@a.ca\n",
        }
    )
    return {
        "history": [old[:12], old[-12:]],
        "source": [token[:12], token[-12:], *lines],
        "words": [f"'{password}'", f'"{password}"'],
    }


@pytest.mark.parametrize("only", [(), ("--only", "lint", "--only", "ruff", "--only", "tests")], ids=["whole", "part"])
def test_a_secret_is_in_no_form_of_the_report_and_in_no_evidence(tmp_path: Path, only: tuple[str, ...]) -> None:
    hidden = seeded(tmp_path / "delivery")
    folder = tmp_path / "out"
    forms = [word for name in FORMATS for word in ("--output", f"{name}={tmp_path / 'forms' / name}")]
    (tmp_path / "forms").mkdir()
    main(["assess", str(tmp_path / "delivery"), *only, *forms, "--output", f"folder={folder}"])
    report = in_language(json.loads((folder / "report.json").read_text()), "en")
    said = {f["rule"]: f for checker in report["checkers"] for f in checker["findings"]}
    assert MASK in said["pylint:consider-using-in"]["message"]
    masked = {item["name"] for item in report["evidence"] if any("secret" in one for one in item.get("removed", ()))}
    assert "pylint/run.json" in masked
    written = {
        path: path.read_bytes() for path in (*folder.rglob("*"), *(tmp_path / "forms").iterdir()) if path.is_file()
    }
    assert {path.name for path in written} >= set(FORMATS)
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "forms" / "pdf").pages)
    for secret in (one for kind in hidden if kind != "history" or not only for one in hidden[kind]):
        assert [path.name for path, content in written.items() if secret.encode() in content] == []
        assert "".join(secret.split()) not in "".join(text.split())
