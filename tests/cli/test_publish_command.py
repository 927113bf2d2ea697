"""verifier publish: what is typed wrong is one sentence, and what could not be posted is exit code 3."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.hub import Hub, described

from verifier.cli import main

RECORDED = Path(__file__).parents[1] / "fixtures" / "reports" / "dvpwa"
SIGNED = Path(__file__).parents[2] / "reports" / "examples" / "accepted" / "acceptance-report.sigstore.json"


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in ("GITHUB_REPOSITORY", "GITHUB_API_URL", "GITHUB_EVENT_PATH", "GITHUB_TOKEN", "GITHUB_REF"):
        monkeypatch.delenv(name, raising=False)


def status(hub: Hub) -> list[str]:
    return ["publish", "github", str(RECORDED), "--post", "status", "--repository", hub.repository, "--api", hub.base]


def test_it_posts_what_is_asked_and_says_so(monkeypatch, capsys):
    monkeypatch.setenv("GITHUB_TOKEN", "all")
    with described() as hub:
        words = status(hub)
        assert main(words) == 0
        assert [one["state"] for one in hub.statuses] == ["failure"]
    assert capsys.readouterr().err == "Status: failure.\n"


def test_what_was_not_posted_is_3(monkeypatch, capsys):
    monkeypatch.setenv("MINE", "nobody's")
    with described() as hub:
        words = status(hub)
        assert main([*words, "--token-env", "MINE"]) == 3
    assert "does not know the token" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("github", str(RECORDED)),
            "Say what to post with --post: status, check, comment, sarif, release, attestation.",
        ),
        (
            ("github", str(RECORDED), "--post", "tweet"),
            "github has no tweet; there are: status, check, comment, sarif.",
        ),
        (("github", str(RECORDED), "--post", "release"), "release is not made of this file; of it there are: status"),
        (("github", str(SIGNED), "--post", "status"), "status is not made of this file; of it there are: release"),
        (("nowhere", str(RECORDED), "--post", "status"), "No publisher is named nowhere; there are: github, gitlab."),
        (("github", "nothing.json", "--post", "status"), "nothing.json cannot be read"),
        (("github", str(RECORDED), "--post", "status"), "Name the repository with --repository OWNER/NAME"),
        (("github", str(RECORDED), "--post", "status", "--repository", "a/b"), "GitHub's token is empty"),
        (("gitlab", str(RECORDED), "--post", "status"), "Name the project with --repository GROUP/NAME"),
    ],
    ids=range(9),
)
def test_what_is_typed_wrong_is_2_and_one_sentence(words, told, capsys):
    assert main(["publish", *words]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1
