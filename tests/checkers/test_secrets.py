"""Secrets in the sandbox: every text file and what the commits added, nothing of the tree believed, no secret in the answer."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support import checked, made
from support.git_repository import Repository, new_repository

from verifier.annotate import annotate, secret_lines, told_once
from verifier.checker import Settings, ToolOutput
from verifier.checkers.secrets import OTHERS, SHAPED, Secrets
from verifier.checkout import Request
from verifier.checkout import checkout as taken_in
from verifier.inside.seek import detectors
from verifier.model import Checkout, CheckResult, Finding, Role, Skip

FIXTURE = Path(__file__).parents[1] / "fixtures" / "checkers" / "secrets"


def random(name: str, length: int) -> str:
    """Characters as of a random token, always the same: nothing of this shape stands in our own repository."""
    digest = hashlib.sha512(name.encode()).digest() * 8
    return base64.b64encode(digest).decode().replace("+", "b").replace("/", "c")[:length]


def armoured(name: str, kind: str = "RSA PRIVATE KEY", extra: str = "") -> str:
    body = "\n".join(random(f"{name}{number}", 64) for number in range(8))
    return f"-----BEGIN {kind}-----\n{extra}{body}\n-----END {kind}-----\n"


TOKEN = "ghp_" + random("github", 36)
REAL = {
    "private-key": armoured("key"),
    "aws-key": "AKIA" + random("aws", 40).upper()[:16].replace("=", "Q"),
    "github-token": TOKEN,
    "gitlab-token": "glpat-" + random("gitlab", 20),
    "slack-token": "xox" + "b-492817364501-592817364502-" + random("slack", 24),
    "stripe-key": "sk_" + "live_" + random("stripe", 24),
    "azure-storage-key": "AccountKey=" + random("azure", 86) + "==",
    "npm-token": "npm_" + random("npm", 36),
    "pypi-token": "pypi-" + "AgEIcHlwaS5vcmc" + random("pypi", 80),
    "sendgrid-key": "SG." + random("grid", 22) + "." + random("send", 43),
    "openai-key": "sk-" + random("open", 20) + "T3BlbkFJ" + random("ai", 20),
    "square-key": "sq0csp-" + random("square", 43),
    "password-in-address": "postgres://shipping:" + random("login", 14) + "7@db.shipping.gc.ca:5432/parcels",
}
HARDLY = {
    "aws-key": "AKIA" + "IOSFODNN7EXAMPLE",
    "github-token": "ghp_" + "x" * 36,
    "gitlab-token": "glpat-" + "your-token-goes-here",
    "slack-token": "xoxb-" + "1234-5678-abcdefgh",
    "stripe-key": "sk_" + "live_" + "0" * 24,
    "azure-storage-key": "AccountKey="
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    "password-in-address": "postgres://postgres:postgres@localhost:5432/parcels",
}
MENTIONS = {
    "in code": 'if "-----BEGIN RSA PRIVATE KEY-----" in text:\n    raise ValueError\n',
    "cut short": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B...\n-----END PRIVATE KEY-----\n",
    "with a password": armoured("locked", extra="Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"),
}


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def places(findings: tuple[Finding, ...]) -> list[tuple[str, str | None, int | None, str]]:
    return [(one.rule, one.path, one.line, one.confidence) for one in findings]


def look(tmp_path: Path, files: dict[str, str | bytes]) -> CheckResult:
    return checked.run(Secrets(), checked.checkout(write(tmp_path / "delivery", files)), tmp_path / "workspace")


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> CheckResult:
    """The sample, with made-up secrets of every kind in it."""
    folder = tmp_path_factory.mktemp("secrets")
    delivery = folder / "delivery"
    shutil.copytree(FIXTURE / "delivery", delivery)
    write(delivery, {f"kinds/{kind}.conf": f"# one\nvalue: {secret}\n" for kind, secret in REAL.items()})
    write(delivery, {f"hardly/{kind}.conf": f"value: {secret}\n" for kind, secret in HARDLY.items()})
    write(
        delivery,
        {
            ".env": f"TOKEN={TOKEN}\n",
            "two.yaml": f"token: {TOKEN}  # pragma: allowlist secret\n",
            "notebook.ipynb": json.dumps({"cells": [{"source": [f"token = '{TOKEN}'\n", REAL["private-key"]]}]}),
            "wide.txt": f"token {TOKEN}\n".encode("utf-16"),
            "long.js": "x" * 9_000 + f' "{TOKEN}" ' + "y" * 9_000 + "\n",
            "picture.bin": b"\0" + f"{TOKEN}\n".encode(),
            "large.csv": b"1,2,3\n" * 1_500_000,
            ".secrets.baseline": json.dumps({"plugins_used": [], "filters_used": [], "results": {}}),
            "docs/guide.md": f"token: {TOKEN}\n",
        },
    )
    (delivery / "link.env").symlink_to(".env")
    return checked.run(Secrets(), checked.checkout(delivery), folder / "workspace")


def test_the_sample_gives_the_expected_answer(looked: CheckResult) -> None:
    expected = json.loads((FIXTURE / "expected.json").read_text(encoding="utf-8"))
    sample = {str(path.relative_to(FIXTURE / "delivery")) for path in (FIXTURE / "delivery").rglob("*")}
    found = [
        [*place, str(one.message)]
        for place, one in zip(places(looked.seen.findings), looked.seen.findings, strict=True)
    ]
    assert [one for one in found if one[1] in sample] == expected["findings"]


@pytest.mark.parametrize("kind", SHAPED)
def test_a_secret_of_each_shape_is_found_for_sure(looked: CheckResult, kind: str) -> None:
    found = [place for place in places(looked.seen.findings) if place[1] == f"kinds/{kind}.conf" and place[3] == "high"]
    assert found == [(f"secrets:{kind}", f"kinds/{kind}.conf", 2, "high")]


@pytest.mark.parametrize("kind", HARDLY)
def test_an_example_or_a_stand_in_is_a_note(looked: CheckResult, kind: str) -> None:
    found = [one for one in looked.seen.findings if one.path == f"hardly/{kind}.conf" and one.rule == f"secrets:{kind}"]
    assert [(one.confidence, one.severity) for one in found] == [("low", "note")]


@pytest.mark.parametrize("text", MENTIONS.values(), ids=MENTIONS)
def test_a_mention_of_a_private_key_is_a_note(tmp_path: Path, text: str) -> None:
    (finding,) = look(tmp_path, {"a.py": text}).seen.findings
    assert (finding.rule, finding.confidence) == ("secrets:private-key", "low")


def test_what_only_holds_the_shape_is_a_note_and_a_line_end_before_it_is_none(tmp_path: Path) -> None:
    image = random("image", 60) + REAL["aws-key"] + random("more", 60)
    files = {"a.txt": image, "b.json": f'{{"text": "one\\n{TOKEN}"}}', "c.txt": f"https://{TOKEN}@github.com/a/b.git"}
    assert [place for place in places(look(tmp_path, files).seen.findings) if place[0] != "secrets:random-text"] == [
        ("secrets:aws-key", "a.txt", 1, "low"),
        ("secrets:github-token", "b.json", 1, "high"),
        ("secrets:github-token", "c.txt", 1, "high"),
    ]


@pytest.mark.parametrize("path", [".env", "two.yaml", "notebook.ipynb", "wide.txt", "long.js"])
def test_text_of_any_kind_is_read_whatever_its_comments_say(looked: CheckResult, path: str) -> None:
    assert "high" in {one.confidence for one in looked.seen.findings if one.path == path}


def test_what_is_no_text_or_too_large_is_named(looked: CheckResult) -> None:
    assert looked.seen.trouble is None
    skipped = {one.path: (one.skip, str(one.reason)) for one in looked.seen.not_examined}
    assert skipped == {"picture.bin": (Skip.NOT_TEXT, "not text"), "large.csv": (Skip.SIZE, "over 8388608 bytes")}
    assert "link.env" not in looked.seen.examined


def test_no_secret_is_in_any_output_and_that_is_recorded(looked: CheckResult) -> None:
    (evidence,) = looked.evidence
    for secret in (*REAL.values(), *HARDLY.values()):
        core = secret.splitlines()[1] if "BEGIN" in secret else secret
        digests = [made_of(core.encode()).hexdigest() for made_of in (hashlib.sha1, hashlib.sha256, hashlib.md5)]
        for hidden in (core, *digests):
            assert hidden.encode() not in evidence.content
            assert hidden not in repr(looked.seen)
    assert evidence.removed == ("secrets: each is named by its place and kind alone",)


def test_a_key_is_masked_to_its_last_line_and_named_by_its_place(looked: CheckResult) -> None:
    (key,) = (one for one in looked.seen.findings if one.path == "kinds/private-key.conf")
    assert (key.line, key.end_line) == (2, 11)
    assert {("kinds/private-key.conf", line) for line in range(2, 12)} <= secret_lines([looked])
    other = replace(key, message=key.message, excerpt="(secret)")
    assert other.fingerprint == replace(other, line=40, end_line=49).fingerprint


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    delivery = checked.checkout(FIXTURE / "delivery")
    first, second = (checked.run(Secrets(), delivery, tmp_path / name).evidence for name in ("one", "two"))
    assert [item.sha256 for item in first] == [item.sha256 for item in second]


def test_guesses_are_few_and_only_where_the_product_is(tmp_path: Path) -> None:
    many = "".join(f'password_{n} = "{random(str(n), 30)}"\n' for n in range(20))
    result = look(tmp_path, {"app.py": many, "tests/test_app.py": many, "poetry.lock": many, "a.md": many})
    assert {one.path for one in result.seen.findings} == {"app.py"}
    assert {one.confidence for one in result.seen.findings} == {"low"}
    assert len(result.seen.findings) == 5
    assert (
        "15 more texts that could be secrets are counted and not listed, most of them in app.py." in result.seen.notes
    )


def test_a_web_token_never_decides(tmp_path: Path) -> None:
    parts = [
        base64.urlsafe_b64encode(part).decode().rstrip("=")
        for part in (b'{"alg":"HS256"}', b'{"role":"anon"}', b"x" * 32)
    ]
    (finding,) = look(tmp_path, {"web.ini": f"anon = {'.'.join(parts)}\n"}).seen.findings
    assert (finding.rule, finding.confidence) == ("secrets:json-web-token", "low")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return new_repository(tmp_path / "origin")


def remembered(repository: Repository, tmp_path: Path, *, base: str | None = None) -> CheckResult:
    """What is found in the repository, taken in and run as the pipeline does."""
    with taken_in(Request(where=str(repository.path), base=base), workspace=tmp_path) as tree:
        result = checked.run(Secrets(), tree, tmp_path / f"workspace-{base}")
        return annotate(
            result, tree, frozenset(), lambda _: [], lambda path: Role.TESTS if "test" in path else Role.SOURCE
        )


def past(result: CheckResult) -> list[tuple[str, str | None, str]]:
    return [(one.rule, one.path, one.commit) for one in result.seen.findings if one.commit]


def test_a_secret_that_a_later_commit_took_out_is_delivered(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"app.py": "x = 1\n"})
    leak = repository.commit({"conf/naïve name.env": f"# one\nTOKEN={TOKEN}\n"})
    repository.commit({"conf/naïve name.env": f"# two\n# three\nTOKEN={TOKEN}\n"})
    repository.commit({"conf/naïve name.env": "# three\n"})
    result = remembered(repository, tmp_path)
    (finding,) = result.seen.findings
    assert (finding.rule, finding.path, finding.commit) == ("secrets:github-token", "conf/naïve name.env", leak)
    assert (finding.line, finding.excerpt, finding.inherited, finding.role) == (None, "", False, Role.SOURCE)
    assert f"commit {leak[:12]} at line 2" in finding.message
    assert "4 commits were searched for secrets." in result.seen.notes
    assert all(TOKEN.encode() not in item.content for item in result.evidence)


def test_a_secret_of_the_tree_is_not_told_again_for_its_history(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"old.env": f"TOKEN={TOKEN}\n", "key.pem": REAL["private-key"]})
    repository.git("mv", "old.env", "new.env")
    repository.commit({"docs.md": "words\n"})
    assert past(remembered(repository, tmp_path)) == []


def test_with_a_base_only_the_delivered_commits_are_searched(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.env": f"TOKEN={TOKEN}\n"})
    base = repository.commit({"a.env": "TOKEN=\n"})
    leak = repository.commit({"b.pem": REAL["private-key"]})
    repository.git("rm", "--quiet", "b.pem")
    repository.commit()
    result = remembered(repository, tmp_path, base=base)
    assert past(result) == [("secrets:private-key", "b.pem", leak)]
    assert [one.inherited for one in result.seen.findings] == [False]
    assert f"2 commits since {base[:12]} were searched for secrets." in result.seen.notes
    assert len(past(remembered(repository, tmp_path))) == 2


def test_attributes_of_the_tree_hide_no_history(repository: Repository, tmp_path: Path) -> None:
    leak = repository.commit({".gitattributes": "* -diff -text binary\n", "a.env": f"TOKEN={TOKEN}\n"})
    repository.commit({"a.env": "\n"})
    assert past(remembered(repository, tmp_path)) == [("secrets:github-token", "a.env", leak)]


def test_a_secret_that_only_a_merge_brought_in_is_found(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.env": "one\n", "b.env": "one\n"})
    repository.git("checkout", "--quiet", "-b", "side")
    repository.commit({"a.env": "two\n"})
    repository.git("checkout", "--quiet", "main")
    repository.commit({"b.env": "two\n"})
    repository.git("merge", "--quiet", "--no-commit", "--no-ff", "side")
    repository.write({"c.env": f"+++ b/elsewhere\nTOKEN={TOKEN}\n"})
    leak = repository.commit()
    repository.commit({"c.env": "\n"})
    assert past(remembered(repository, tmp_path)) == [("secrets:github-token", "c.env", leak)]


def test_what_is_no_text_in_the_history_is_said(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.bin": b"\0" + TOKEN.encode()})
    repository.commit({"a.bin": "\n"})
    result = remembered(repository, tmp_path)
    assert past(result) == []
    assert "1 file that is no text was not examined in the history." in result.seen.notes


def test_examples_and_guesses_are_not_looked_for_in_the_history(repository: Repository, tmp_path: Path) -> None:
    repository.commit(
        {"a.env": "".join(f"value: {one}\n" for one in HARDLY.values()), "b.py": 'password = "Xh7d93hdkEje"\n'}
    )
    repository.commit({"a.env": "\n", "b.py": "\n"})
    assert remembered(repository, tmp_path).seen.findings == ()


def test_a_place_in_the_history_that_is_gone_has_the_role_of_its_path(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"tests/a.env": f"TOKEN={TOKEN}\n"})
    repository.git("rm", "--quiet", "tests/a.env")
    repository.commit({"b.txt": "\n"})
    assert [one.role for one in remembered(repository, tmp_path).seen.findings] == [Role.TESTS]


def test_a_folder_has_no_history_and_that_is_said(tmp_path: Path) -> None:
    result = look(tmp_path, {"a.txt": "words\n"})
    assert "The delivery has no commits of its own: there is no history to examine." in result.seen.notes


@pytest.mark.self
def test_an_empty_tree_is_no_step_and_nothing_examined() -> None:
    tree = Checkout(delivery=checked.inventoried.DELIVERY, root=Path("/nowhere"))
    assert Secrets().steps(tree, Settings()) == []
    assert Secrets().parse(tree, []).examined == frozenset()


@pytest.mark.self
def test_an_answer_about_other_files_is_refused(tmp_path: Path) -> None:
    tree = checked.checkout(write(tmp_path, {"a.txt": "words\n"}))
    (command,) = Secrets().steps(tree, Settings())
    answer = json.dumps({"scanned": [], "skipped": {}, "findings": [], "more": []}).encode()
    output = ToolOutput(command=command, exit_code=0, stdout=answer, stderr=b"", files={})
    with pytest.raises(ValueError, match="exactly the files"):
        Secrets().parse(tree, [output])


@pytest.mark.self
def test_a_secret_that_two_tools_see_is_told_once() -> None:
    shaped = made.result("semgrep", findings=(made.finding("semgrep:secret-github-token", "a.env", 3),))
    again, gone = (
        made.finding("secrets:github-token", "a.env", 3),
        made.finding("secrets:github-token", "a.env", 3, commit="1" * 40),
    )
    other = made.finding("secrets:aws-key", "a.env", 4)
    _, result = told_once((shaped, made.result("secrets", findings=(again, gone, other))))
    assert result.seen.findings == (gone, other)


def test_every_detector_has_a_kind_that_people_can_read() -> None:
    kinds = {kind for _, kind in (*detectors.SHAPED, *detectors.GUESSED)}
    assert kinds == {*SHAPED, *OTHERS}


def test_no_detector_asks_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox has no network; without one this would send a stranger's secret about."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    for method in ("get", "post", "request"):
        monkeypatch.setattr(f"requests.{method}", refuse)
    with detectors.offline():
        found = {hit.kind for _, text in _lines() for hit in detectors.shaped([(1, text)])}
    assert {"slack-token", "stripe-key", "aws-key"} <= found


def _lines() -> Iterator[tuple[str, str]]:
    return ((kind, secret) for kind, secret in REAL.items() if "\n" not in secret)
