from __future__ import annotations

from pathlib import Path

import pytest

from verifier.checkout import split_ref
from verifier.checkout.request import Kind, check_address, kind_of, shown
from verifier.errors import UsageError

pytestmark = pytest.mark.self


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org/a/b", ("https://example.org/a/b", None)),
        ("https://example.org/a/b@v1", ("https://example.org/a/b", "v1")),
        ("https://example.org/a/b.git@feature/x", ("https://example.org/a/b.git", "feature/x")),
        ("https://example.org/a/b@@scope/p@1.0", ("https://example.org/a/b", "@scope/p@1.0")),
        ("https://example.org/@a/b@v1", ("https://example.org/@a/b", "v1")),
        ("https://user:p@ss@example.org", ("https://user:p@ss@example.org", None)),
        ("https://[::1]:8443/a@v1", ("https://[::1]:8443/a", "v1")),
        ("ssh://git@example.org:22/a/b", ("ssh://git@example.org:22/a/b", None)),
        ("ssh://git@example.org/a/b@v1", ("ssh://git@example.org/a/b", "v1")),
        ("git@example.org:a/b.git", ("git@example.org:a/b.git", None)),
        ("git@example.org:a/b.git@v1", ("git@example.org:a/b.git", "v1")),
        ("example.org:b@v1", ("example.org:b", "v1")),
    ],
)
def test_reference_is_split_from_an_address(text: str, expected: tuple[str, str | None]) -> None:
    assert split_ref(text) == expected


def test_reference_is_split_from_a_path_that_exists(tmp_path: Path) -> None:
    odd = tmp_path / "odd@name"
    odd.mkdir()
    assert split_ref(str(odd)) == (str(odd), None)
    assert split_ref(f"{odd}@v1") == (str(odd), "v1")
    assert split_ref(f"{tmp_path}@feature/x@2") == (str(tmp_path), "feature/x@2")
    assert split_ref("missing@v1") == ("missing@v1", None)


def test_empty_reference_is_refused() -> None:
    with pytest.raises(UsageError, match="Nothing follows the @"):
        split_ref("https://example.org/a@")


@pytest.mark.parametrize(
    "where",
    [
        "ext::sh -c id",
        "ext::https://example.org/a",
        "file:///etc",
        "http://example.org/a",
        "git://example.org/a",
        "-oProxyCommand=id:a",
        "--upload-pack=id",
        "ssh://-oProxyCommand=id/a",
        "ssh://-l@example.org/a",
        "-x@example.org:a",
        "git@-x:a",
        "git@example.org:-a",
        "https://example.org",
        "https:///a",
        "https://example.org:port/a",
        "https://example.org/a b",
        "https://example.org/a\nb",
        "missing/folder",
    ],
)
def test_dangerous_and_malformed_places_are_refused_in_one_line(where: str) -> None:
    with pytest.raises(UsageError) as refused:
        kind_of(where)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "where",
    [
        "https://hidden@example.org/a",
        "https://user:hidden@example.org/a",
        "ssh://user:hidden@example.org/a",
        "https://example.org/a?token=hidden",
        "https://example.org/a#hidden",
        "http://hidden@example.org/a",
        "https://user:hidden@example.org:port/a",
    ],
)
def test_secrets_in_an_address_are_refused_and_not_repeated(where: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_address(where)
    assert "hidden" not in str(refused.value)


def test_kinds_of_places(tmp_path: Path) -> None:
    (tmp_path / "w" / ".git").mkdir(parents=True)
    for name in ("objects", "refs"):
        (tmp_path / "b.git" / name).mkdir(parents=True)
    (tmp_path / "b.git" / "HEAD").touch()
    (tmp_path / "a.tar.gz").touch()
    (tmp_path / "a.txt").touch()
    kinds = [kind_of(str(tmp_path / name)) for name in ("w", "b.git", ".", "a.tar.gz")]
    assert kinds == [Kind.WORK_TREE, Kind.BARE, Kind.FOLDER, Kind.ARCHIVE]
    assert [kind_of(url) for url in ("https://example.org/a", "git@example.org:a")] == [Kind.REMOTE] * 2
    with pytest.raises(UsageError, match="neither a folder nor a source archive"):
        kind_of(str(tmp_path / "a.txt"))


def test_shown_holds_no_secret_and_no_control_character() -> None:
    assert shown("https://me:pw@host/x\x1b[31m\n") == "https://host/x?[31m?"
