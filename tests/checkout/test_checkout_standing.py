"""Whether a commit is still in its repository, and merged, asked of a real server; and who wrote what is delivered."""

from __future__ import annotations

from hashlib import sha256

import pytest
from support.git_repository import Repository
from support.git_server import GitServer
from support.intake import Take

from verifier.checkout import Limits, Request
from verifier.checkout.standing import Standing, standing
from verifier.errors import LimitError, WorldError


@pytest.fixture
def published(server: GitServer, repository: Repository) -> Repository:
    """`main` with two commits, `work` with one more, and a commit that no branch or tag has."""
    repository.commit({"a.py": "x = 1\n"})
    repository.commit({"b.py": "y = 1\n"})
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit({"c.py": "z = 1\n"})
    bare = repository.bare(server.root / "p.git")
    Repository(bare).git("config", "uploadpack.allowAnySHA1InWant", "true")
    repository.git("checkout", "--quiet", "-b", "gone")
    lost = repository.commit({"d.py": "w = 1\n"})
    repository.git("push", "--quiet", str(bare), f"{lost}:refs/heads/gone")
    Repository(bare).git("update-ref", "-d", "refs/heads/gone")
    return repository


def asked(server: GitServer, commit: str, branch: str | None = "main", **options: object) -> Standing:
    return standing(Request(where=server.url("p.git"), ca=server.ca, **options), commit, branch)


def test_a_commit_below_the_tip_is_there_and_merged(server: GitServer, published: Repository) -> None:
    head = published.git("rev-parse", "main")
    first = published.git("rev-parse", "main~1")
    assert asked(server, first) == Standing(reachable=True, merged=True, head=head)
    assert asked(server, head).merged


def test_a_commit_of_another_branch_is_there_and_not_merged(server: GitServer, published: Repository) -> None:
    told = asked(server, published.git("rev-parse", "work"))
    assert (told.reachable, told.merged) == (True, False)
    assert asked(server, published.git("rev-parse", "work"), "work").merged


def test_a_commit_that_only_its_id_reaches_is_gone(server: GitServer, published: Repository, take: Take) -> None:
    """As a server gives out the commits of forks: it can be fetched, and is in no branch or tag."""
    lost = published.git("rev-parse", "gone")
    with take(server.url("p.git"), ca=server.ca, ref=lost) as delivered:
        assert delivered.delivery.commit == lost
    assert asked(server, lost) == Standing(reachable=False, merged=False, head=published.git("rev-parse", "main"))


def test_a_commit_that_a_tag_has_is_there(server: GitServer, published: Repository) -> None:
    published.git("tag", "v1", "gone")
    published.git("push", "--quiet", str(server.root / "p.git"), "v1")
    told = asked(server, published.git("rev-parse", "gone"))
    assert (told.reachable, told.merged) == (True, False)


def test_a_branch_that_is_not_there_has_merged_nothing(server: GitServer, published: Repository) -> None:
    assert asked(server, published.git("rev-parse", "main"), "release") == Standing(
        reachable=True, merged=False, head=""
    )


@pytest.mark.usefixtures("published")
def test_a_commit_that_never_was_is_not_there(server: GitServer) -> None:
    assert not asked(server, "0" * 40).reachable
    assert not asked(server, "0" * 64).reachable


def test_a_server_that_is_not_there_is_no_answer(server: GitServer, published: Repository) -> None:
    server.token = "s3cret"
    with pytest.raises(WorldError):
        asked(server, published.git("rev-parse", "main"))


def test_a_repository_over_the_limits_is_no_answer(server: GitServer, published: Repository) -> None:
    published.git("checkout", "--quiet", "main")
    published.commit({"big.bin": bytes(range(256)) * 40_000})
    published.git("push", "--quiet", str(server.root / "p.git"), "main")
    server.pause = 0.02
    with pytest.raises(LimitError):
        asked(server, published.git("rev-parse", "main"), limits=Limits(repository_bytes=4_000))


def test_authors_committers_and_co_authors_are_named_by_digest(repository: Repository, take: Take) -> None:
    base = repository.commit({"a.py": "x = 1\n"})
    repository.write({"b.py": "y = 1\n"})
    repository.git("add", "--all")
    message = "more\n\nCo-authored-by: Someone <Helper@Example.org>\nCo-authored-by: Other <other@example.org>"
    repository.git("-c", "user.name=x", "commit", "--quiet", "--author", "B <b@example.org>", "--message", message)
    with take(repository.path) as delivered:
        assert set(delivered.delivery.authors) == digests("author", "committer", "b", "helper", "other")
    with take(repository.path, base=base) as delivered:
        assert set(delivered.delivery.authors) == digests("committer", "b", "helper", "other")


def test_a_mailmap_of_the_delivery_puts_nobody_else_in_its_place(repository: Repository, take: Take) -> None:
    repository.commit({".mailmap": "X <innocent@example.org> <author@example.org>\n"})
    with take(repository.path) as delivered:
        assert set(delivered.delivery.authors) == digests("author", "committer")


def digests(*names: str) -> set[str]:
    return {sha256(f"{name}@example.org".encode()).hexdigest() for name in names}
