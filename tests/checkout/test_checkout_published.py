"""Whether a stranger can read a repository at one commit, asked of a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.git_repository import Repository
from support.git_server import GitServer

from verifier.checkout import Limits, Request
from verifier.checkout.published import Published, published
from verifier.checkout.standing import standing
from verifier.checkout.trouble import RefusedError
from verifier.errors import LimitError, WorldError

SECRET = "s3cret"


@pytest.fixture
def delivered(server: GitServer, repository: Repository) -> str:
    """The commit at `main`."""
    commit = repository.commit({"LICENSE": "MIT\n", "docs/a.md": "# a\n", "empty.txt": ""})
    repository.bare(server.root / "p.git")
    return commit


def asked(server: GitServer, commit: str, **options: object) -> Published:
    return published(Request(where=server.url("p.git"), ca=server.ca, **options), commit)


def test_a_commit_that_anybody_reads_has_its_files(server: GitServer, delivered: str) -> None:
    assert asked(server, delivered) == Published(reachable=True, files=("LICENSE", "docs/a.md"))


def test_a_commit_that_no_branch_has_is_not_published(server: GitServer, delivered: str) -> None:
    assert asked(server, "0" * 40) == Published(reachable=False, files=())


def test_no_netrc_helper_or_token_opens_what_is_closed(
    server: GitServer, delivered: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.token = SECRET
    home = tmp_path / "home"
    home.mkdir()
    netrc = home / ".netrc"
    netrc.write_text(f"machine localhost login me password {SECRET}\n")
    netrc.chmod(0o600)
    helper = f"!f() {{ echo username=me; echo password={SECRET}; }}; f"
    (home / ".gitconfig").write_text(f'[credential]\n\thelper = "{helper}"\n[include]\n\tpath = /dev/null\n')
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("MY_TOKEN", SECRET)
    monkeypatch.setenv("GIT_ASKPASS", "/bin/echo")
    theirs = Request(where=server.url("p.git"), ca=server.ca)
    assert standing(theirs, delivered, None).reachable, "the user's own .netrc is what opens it"
    with pytest.raises(RefusedError):
        asked(server, delivered, token_env="MY_TOKEN", credential_helper=True)


def test_a_repository_that_is_not_there_is_not_published(server: GitServer) -> None:
    with pytest.raises(RefusedError):
        asked(server, "0" * 40)


@pytest.mark.parametrize("address", ["ssh://git@localhost/p.git", "git@localhost:p.git"])
def test_what_needs_a_key_is_not_published(address: str) -> None:
    with pytest.raises(RefusedError):
        published(Request(where=address), "0" * 40)


def test_a_host_that_is_not_there_is_no_answer() -> None:
    with pytest.raises(WorldError) as told:
        published(Request(where="https://127.0.0.1:9/p.git"), "0" * 40)
    assert not isinstance(told.value, RefusedError)


def test_one_over_the_limits_is_no_answer(server: GitServer, delivered: str) -> None:
    with pytest.raises(LimitError):
        asked(server, delivered, limits=Limits(files=1))
