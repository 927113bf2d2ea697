from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from support.git_repository import Repository, new_repository
from support.git_server import GitServer, processes_below
from support.intake import Take

from verifier.checkout import Limits
from verifier.errors import LimitError, UsageError, VerifierError, WorldError

SECRET = "s3cret-token"


@pytest.fixture
def published(server: GitServer, repository: Repository) -> Repository:
    """A repository that the server has as `p.git`."""
    repository.commit({"a.py": "x = 1\n"})
    repository.git("tag", "v1")
    repository.commit({"b.py": "y = 1\n"})
    repository.bare(server.root / "p.git")
    return repository


def refused(take: Take, where: str, **options: object) -> VerifierError:
    with pytest.raises(VerifierError) as error, take(where, **options):
        pass
    assert "\n" not in str(error.value)
    assert SECRET not in str(error.value)
    return error.value


def test_clone_over_tls(server: GitServer, published: Repository, take: Take) -> None:
    base = published.git("rev-parse", "v1")
    with take(server.url("p.git"), ca=server.ca, base=base) as delivered:
        assert delivered.delivery.commit == published.git("rev-parse", "main")
        assert delivered.delivery.url == server.url("p.git")
        assert delivered.delivery.base == base
        assert delivered.changed == {"b.py": frozenset({1})}
        assert delivered.version == published.git("describe", "--tags")
        assert [file.path for file in delivered.files] == ["a.py", "b.py"]
    with take(server.url("p.git"), ca=server.ca, ref="v1") as delivered:
        assert (delivered.delivery.commit, delivered.version) == (base, "v1")


def test_commit_of_a_pull_request_is_fetched_by_its_id(server: GitServer, published: Repository, take: Take) -> None:
    published.git("checkout", "--quiet", "--detach")
    head = published.commit({"c.py": ""})
    published.git("push", "--quiet", str(server.root / "p.git"), f"{head}:refs/pull/1/head")
    Repository(server.root / "p.git").git("update-ref", "-d", "refs/pull/1/head")
    with take(server.url("p.git"), ca=server.ca, ref=head) as delivered:
        assert delivered.delivery.commit == head
    error = refused(take, server.url("p.git"), ca=server.ca, ref="1" * 40)
    assert isinstance(error, UsageError)
    assert "has no commit" in str(error)


def test_server_that_gives_no_single_ids(server: GitServer, published: Repository, take: Take) -> None:
    """An old server (protocol 0) gives tips only: the commit is then found in the branches."""
    commit = published.git("rev-parse", "v1")
    Repository(server.root / "p.git").git("tag", "--delete", "v1")
    Repository(server.root / "p.git").git("config", "protocol.version", "0")
    with take(server.url("p.git"), ca=server.ca, ref=commit) as delivered:
        assert delivered.delivery.commit == commit


def test_empty_and_shallow_and_sha256_repositories(
    server: GitServer, published: Repository, take: Take, tmp_path: Path
) -> None:
    new_repository(server.root / "empty.git", "--bare")
    published.git(
        "clone", "--quiet", "--bare", "--depth=1", f"file://{published.path}", str(server.root / "shallow.git")
    )
    modern = new_repository(tmp_path / "modern", "--object-format=sha256")
    commit = modern.commit({"m": ""})
    modern.bare(server.root / "modern.git")
    with take(server.url("empty.git"), ca=server.ca) as delivered:
        assert not delivered.files
    with take(server.url("shallow.git"), ca=server.ca) as delivered:
        assert len(delivered.files) == 2
    with take(server.url("modern.git"), ca=server.ca) as delivered:
        assert delivered.delivery.commit == commit


def test_missing_authority_and_missing_repository(server: GitServer, published: Repository, take: Take) -> None:
    error = refused(take, server.url("p.git"))
    assert isinstance(error, WorldError)
    assert "--ca FILE" in str(error)
    error = refused(take, server.url("missing.git"), ca=server.ca)
    assert isinstance(error, UsageError)
    assert "there is no git repository" in str(error)


def test_redirect_to_another_path_is_followed(server: GitServer, published: Repository, take: Take) -> None:
    server.redirects = {"/old/": "/moved/", "/moved/": "/"}
    with take(server.url("old/p.git"), ca=server.ca) as delivered:
        assert delivered.delivery.url == server.url("old/p.git")
        assert len(delivered.files) == 2


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_redirect_to_another_host_or_scheme_is_refused_before_it_is_asked(
    server: GitServer, published: Repository, take: Take, scheme: str
) -> None:
    host = "127.0.0.1" if scheme == "https" else "localhost"
    server.redirects = {"/old/": f"{scheme}://{host}:{server.port}/"}
    error = refused(take, server.url("old/p.git"), ca=server.ca)
    assert isinstance(error, WorldError)
    assert f"another host or scheme ({scheme}://{host}:{server.port})" in str(error)
    assert all("/old/" in request for request in server.requests)


def test_redirects_without_end_and_to_a_page(server: GitServer, published: Repository, take: Take) -> None:
    server.redirects = {"/old/": "/old/x/"}
    assert "sends on more than 5 times" in str(refused(take, server.url("old/p.git"), ca=server.ca))
    server.redirects = {"/old/": "/sign-in?next="}
    assert "no git repository" in str(refused(take, server.url("old/p.git"), ca=server.ca))


def test_slow_server_meets_the_time_limit(
    server: GitServer, published: Repository, take: Take, workspace: Path
) -> None:
    published.commit({"noise": os.urandom(200_000)})
    published.git("push", "--quiet", str(server.root / "p.git"), "main")
    server.pause = 0.5
    before = time.monotonic()
    error = refused(take, server.url("p.git"), ca=server.ca, limits=Limits(seconds=2))
    assert isinstance(error, LimitError)
    assert "has run for 2 seconds; 2 are allowed" in str(error)
    assert time.monotonic() - before < 5
    assert not processes_below(workspace)


def test_size_is_limited_while_it_arrives(
    server: GitServer, published: Repository, take: Take, workspace: Path
) -> None:
    published.commit({"noise": os.urandom(2_000_000)})
    published.git("push", "--quiet", str(server.root / "p.git"), "main")
    server.pause = 0.01
    error = refused(take, server.url("p.git"), ca=server.ca, limits=Limits(repository_bytes=300_000))
    assert isinstance(error, LimitError)
    assert "300000 bytes are allowed" in str(error)
    assert not processes_below(workspace)


def test_server_that_dies_half_way(server: GitServer, published: Repository, take: Take, workspace: Path) -> None:
    published.commit({"noise": os.urandom(200_000)})
    published.git("push", "--quiet", str(server.root / "p.git"), "main")
    server.dies_after = 50_000
    error = refused(take, server.url("p.git"), ca=server.ca)
    assert isinstance(error, WorldError)
    assert "broke off" in str(error)
    assert not processes_below(workspace)


def test_unreachable_host(take: Take, server: GitServer) -> None:
    error = refused(take, "https://localhost:1/p.git")
    assert isinstance(error, WorldError)
    assert "unreachable" in str(error)


def test_password_is_given_from_the_environment_only(
    server: GitServer, published: Repository, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.token = SECRET
    assert "--token-env" in str(refused(take, server.url("p.git"), ca=server.ca))
    monkeypatch.setenv("MY_TOKEN", SECRET + "x")
    error = refused(take, server.url("p.git"), ca=server.ca, token_env="MY_TOKEN")
    assert isinstance(error, WorldError)
    assert "refused ours" in str(error)
    monkeypatch.setenv("MY_TOKEN", SECRET + "\n")
    with take(server.url("p.git"), ca=server.ca, token_env="MY_TOKEN") as delivered:
        assert SECRET not in repr(delivered)
    monkeypatch.delenv("MY_TOKEN")
    error = refused(take, server.url("p.git"), ca=server.ca, token_env="MY_TOKEN")
    assert isinstance(error, UsageError)
    assert "MY_TOKEN holds no token" in str(error)


def test_token_is_in_no_argument_list(
    server: GitServer, published: Repository, take: Take, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A wrapper named git writes down how it is called."""
    log = tmp_path / "log"
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    real = next(folder for folder in os.environ["PATH"].split(":") if (Path(folder) / "git").exists())
    wrapper.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> {log}\nexec {real}/git "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("MY_TOKEN", SECRET)
    server.token = SECRET
    with take(server.url("p.git"), ca=server.ca, token_env="MY_TOKEN"):
        pass
    assert "fetch" in log.read_text()
    assert SECRET not in log.read_text()


def test_credential_helper_of_the_user_is_asked_only_when_allowed(
    server: GitServer, published: Repository, take: Take, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.token = SECRET
    (tmp_path / "home").mkdir()
    helper = f"!f() {{ echo username=me; echo password={SECRET}; }}; f"
    (tmp_path / "home" / ".gitconfig").write_text(
        f'[credential "https://localhost:{server.port}"]\n\thelper = "{helper}"\n'
    )
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    refused(take, server.url("p.git"), ca=server.ca)
    with take(server.url("p.git"), ca=server.ca, credential_helper=True) as delivered:
        assert len(delivered.files) == 2


def test_proxy_is_used(server: GitServer, published: Repository, take: Take) -> None:
    error = refused(take, server.url("p.git"), ca=server.ca, proxy=f"http://me:{SECRET}@127.0.0.1:1")
    assert isinstance(error, WorldError)
    assert not server.requests


@pytest.mark.parametrize("form", ["ssh://git@localhost:2222{}", "git@localhost:{}"])
def test_ssh_never_asks_and_gets_no_options_from_the_address(
    published: Repository, take: Take, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str
) -> None:
    """The other end of ssh is played by a program of that name, which writes down how it is called."""
    log, program = tmp_path / "log", tmp_path / "bin" / "ssh"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$*" >> {log}\nfor last; do :; done\nexec sh -c "$last"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("GIT_SSH_COMMAND", "false")
    with take(form.format(published.path / ".git")) as delivered:
        assert len(delivered.files) == 2
    assert all("-oBatchMode=yes" in line for line in log.read_text().splitlines())
