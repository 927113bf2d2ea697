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
from support import checked
from support.git_repository import Repository, new_repository
from support.tokens import armoured, github, random

from verifier.annotate import annotate, secret_lines
from verifier.checker import Settings, ToolOutput
from verifier.checkers.secrets import OTHERS, SHAPED, Secrets
from verifier.checkout import Request
from verifier.checkout import checkout as taken_in
from verifier.inside.seek import detectors, genuine
from verifier.model import Checkout, CheckResult, Finding, Role, Skip

FIXTURE = Path(__file__).parents[1] / "fixtures" / "checkers" / "secrets"


TOKEN = github("github")
REAL = {
    "private-key": armoured("key"),
    "aws-key": "AKIA" + base64.b32encode(hashlib.sha512(b"aws").digest()).decode()[:16],
    "github-token": TOKEN,
    "gitlab-token": "glpat-" + random("gitlab", 20),
    "slack-token": "xox" + "b-492817364501-592817364502-" + random("slack", 24),
    "stripe-key": "sk_" + "live_" + random("stripe", 24),
    "azure-storage-key": "AccountKey=" + random("azure", 86) + "==",
    "npm-token": "npm_" + random("npm", 36),
    "pypi-token": "pypi-" + "AgEIcHlwaS5vcmcC" + random("pypi", 80),
    "sendgrid-key": "SG." + random("grid", 22) + "." + random("send", 43),
    "openai-key": "sk-" + random("open", 20) + "T3BlbkFJ" + random("ai", 20),
    "square-key": "sq0csp-" + random("square", 43),
    "password-in-address": "postgres://shipping:" + random("login", 14) + "7@db.shipping.gc.ca:5432/parcels",
}
MADE_UP = {
    "aws-key": "AKIA" + "0189" + base64.b32encode(hashlib.sha512(b"made up").digest()).decode()[:12],
    "github-token": "gh" + "p_" + random("made up", 36),
    "pypi-token": "pypi-" + "AgEIcHlwaS5vcmcR" + random("made up", 80),
    "private-key": armoured("made up", begins=b""),
}
"""Random texts of a published shape that no maker gave away: their checksum, alphabet or structure is not a key's."""
GENUINE = {
    "PRIVATE KEY": b"\x30\x2e\2\1\0\x30\5\6\3",
    "EC PRIVATE KEY": b"\x30\x77\2\1\1",
    "DSA PRIVATE KEY": b"\x30\x82\1\xbb\2\1\0",
    "OPENSSH PRIVATE KEY": b"openssh-key-v1\0\0\0\0\4none\0\0\0\4none",
    "PGP PRIVATE KEY BLOCK": b"\x95\3\x98\4",
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


def test_a_line_of_npm_is_told_once_whether_its_token_is_new_or_old(tmp_path: Path) -> None:
    line = "//registry.npmjs.org/:_authToken="
    text = f"{line}{REAL['npm-token']} # mine\n{line}c5f0b9a2-7d31-4e68-8f92-3b6a1d7e50c4\n"
    assert places(look(tmp_path, {".npmrc": text}).seen.findings) == [
        ("secrets:npm-token", ".npmrc", 1, "high"),
        ("secrets:npm-token", ".npmrc", 2, "high"),
    ]


@pytest.mark.parametrize("kind", HARDLY)
def test_an_example_or_a_stand_in_is_a_note(looked: CheckResult, kind: str) -> None:
    found = [one for one in looked.seen.findings if one.path == f"hardly/{kind}.conf" and one.rule == f"secrets:{kind}"]
    assert [(one.confidence, one.severity) for one in found] == [("low", "note")]


@pytest.mark.parametrize("kind", MADE_UP)
def test_what_its_maker_cannot_have_made_is_a_note(tmp_path: Path, kind: str) -> None:
    found = look(tmp_path, {"a.conf": f"value: {MADE_UP[kind]}\n"}).seen.findings
    assert [(one.rule, one.confidence) for one in found if one.rule == f"secrets:{kind}"] == [
        (f"secrets:{kind}", "low")
    ]


@pytest.mark.parametrize("label", GENUINE)
def test_a_key_is_known_by_how_its_kind_begins(tmp_path: Path, label: str) -> None:
    text = armoured("any", kind=label, begins=GENUINE[label])
    quoted = json.dumps(json.dumps({"key": text}))  # line ends escaped twice
    findings = look(tmp_path, {"a.pem": text, "b.json": quoted}).seen.findings
    assert [(one.rule, one.path, one.confidence) for one in findings] == [
        ("secrets:private-key", "a.pem", "high"),
        ("secrets:private-key", "b.json", "high"),
    ]


def test_the_checksum_is_that_of_a_token_which_github_gave_away() -> None:
    assert genuine.is_token("github-token", "ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17", "")
    longer = TOKEN[:-1] + "_and_more"
    assert genuine.is_token("github-token", longer[:40], longer[40:]), "the part of a longer one says nothing"


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
    assert (key.line, key.end_line) == (2, 12)
    assert {("kinds/private-key.conf", line) for line in range(2, 13)} <= secret_lines([looked])
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
    with taken_in(Request(where=str(repository.path), base=base), workspace=tmp_path) as bare:
        tree = replace(bare, files=tuple(replace(file, role=role(file.path)) for file in bare.files))
        result = checked.run(Secrets(), tree, tmp_path / f"workspace-{base}")
        return annotate(result, tree, frozenset(), lambda _: [], role)


def role(path: str) -> Role:
    return Role.TESTS if path.startswith("tests/") else Role.SOURCE


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


@pytest.mark.parametrize("kind", ["github-token", "private-key"])
def test_a_copy_in_the_tests_hides_no_secret_of_the_product(repository: Repository, tmp_path: Path, kind: str) -> None:
    leak = repository.commit({"app/settings.env": f"# one\n{REAL[kind]}"})
    repository.git("mv", "app/settings.env", "tests.env")
    repository.write({"tests/data.env": REAL[kind].replace("\n", "\\n")})
    repository.git("mv", "tests.env", "tests/settings.env")
    repository.commit()
    found = remembered(repository, tmp_path).seen.findings
    assert {one.path for one in found if not one.commit} == {"tests/data.env", "tests/settings.env"}
    assert [(one.path, one.commit, one.role) for one in found if one.commit] == [
        ("app/settings.env", leak, Role.SOURCE)
    ]


def test_a_secret_that_was_in_the_tests_first_is_told_where_it_came_to_lie(
    repository: Repository, tmp_path: Path
) -> None:
    repository.commit({"tests/a.env": f"TOKEN={TOKEN}\n"})
    leak = repository.commit({"app.env": f"TOKEN={TOKEN}\n"})
    repository.commit({"app.env": "\n"})
    assert past(remembered(repository, tmp_path)) == [("secrets:github-token", "app.env", leak)]


def test_a_heap_of_finds_leaves_the_history_open(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"tests/a.env": "".join(f"{github(str(n))}\n" for n in range(502))})
    repository.commit({"tests/a.env": "\n"})
    result = remembered(repository, tmp_path)
    assert len(past(result)) == 500
    assert result.seen.trouble
    assert result.seen.trouble.message == "2 more finds in the history are not listed."


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
