"""What the caller asks for, and which kind of place it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from verifier.errors import UsageError
from verifier.words import say

MEGABYTE = 1_000_000
ARCHIVES = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar", ".zip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one delivery may be, from the criteria: bytes, counts and seconds."""

    repository_bytes: int = 500 * MEGABYTE
    files: int = 20_000
    file_bytes: int = 25 * MEGABYTE
    seconds: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One delivery to take in.

    `where` is an https or ssh address, or a path (work tree root, bare repository, folder, source archive); `ref` and
    `base` are a branch, a tag or a full commit id. `token_env` names the environment variable that holds the access
    token. `credential_helper` lets git ask the helper of the user's own global configuration; `anonymous` leaves out all that the
    user has, a `.netrc` too.
    """

    where: str
    ref: str | None = None
    base: str | None = None
    dirty: bool = False
    limits: Limits = Limits()
    token_env: str | None = None
    credential_helper: bool = False
    anonymous: bool = False
    ca: Path | None = None
    proxy: str | None = None


class Kind(StrEnum):
    """What `Request.where` names."""

    REMOTE = "remote"
    WORK_TREE = "work tree"
    BARE = "bare"
    FOLDER = "folder"
    ARCHIVE = "archive"


def shown(text: str) -> str:
    """Text from outside, safe to print: no secrets of an address, no control characters, 200 characters at most."""
    bare = re.sub(r"//[^/\s]*@", "//", text)
    return "".join(c if c.isprintable() else "?" for c in bare)[:200]


def split_ref(text: str) -> tuple[str, str | None]:
    """`https://host/repo@v1` -> (`https://host/repo`, `v1`); without a reference the second is None.

    An `@` before the path belongs to the user's name (`git@host:path`, `ssh://git@host/path`). The reference starts at
    the first `@` that does not open a part of the path, so it may hold `/` and `@` itself. A path that exists is
    never split. Raises `UsageError` where nothing follows the `@`.
    """
    start = _path_start(text)
    if start is None and Path(text).exists():
        return text, None
    for found in re.finditer(r"(?<![/:])@", text):
        where, ref = text[: found.start()], text[found.end() :]
        if found.start() > start if start is not None else where and Path(where).exists():
            if not ref:
                raise UsageError(
                    say(
                        "Nothing follows the @ in {where}@: write a branch, a tag or a full commit id.",
                        where=shown(where),
                    )
                )
            return where, ref
    return text, None


def kind_of(where: str) -> Kind:
    """Which kind of place this is. Raises `UsageError` for addresses that are refused, and for nothing there."""
    if not where.strip():
        raise UsageError(
            say("No delivery is named: give an address or a path; the folder that you are in is a full stop.")
        )
    if _path_start(where) is not None or "::" in where.partition("/")[0] or where.startswith("-"):
        check_address(where)
        return Kind.REMOTE
    path = Path(where)
    if path.is_dir():
        return _kind_of_folder(path)
    if path.is_file() and path.name.lower().endswith(ARCHIVES):
        return Kind.ARCHIVE
    if path.exists():
        raise UsageError(
            say(
                "{where} is neither a folder nor a source archive ({suffixes}).",
                where=shown(where),
                suffixes=", ".join(ARCHIVES),
            )
        )
    raise UsageError(say("There is no file or folder {where}.", where=shown(where)))


def check_address(url: str) -> SplitResult | None:
    """Refuses every address but https and ssh without secrets; gives the parts of an https one.

    Raises `UsageError`; its message never holds what stands before an `@`.
    """
    if url.startswith("-") or any(not c.isprintable() or c.isspace() for c in url):
        raise UsageError(say("An address starts with https:// or ssh://, and holds no spaces or control characters."))
    scheme, mark, _ = url.partition("://")
    if not mark:
        _check_scp(url)
        return None
    if scheme not in {"https", "ssh"}:
        raise UsageError(
            say(
                "Addresses start with https:// or ssh://, not {scheme}://; for a local one type its path.",
                scheme=shown(scheme),
            )
        )
    try:
        parts = urlsplit(url)
        _check_parts(parts)
    except ValueError:
        raise UsageError(say("The address is malformed: write https://host/path or ssh://user@host/path.")) from None
    return parts if scheme == "https" else None


def _check_parts(parts: SplitResult) -> None:
    _ = parts.port  # raises ValueError where it is no number
    if not parts.hostname or parts.hostname.startswith("-") or len(parts.path) < 2:
        raise ValueError
    if parts.password is not None or (parts.scheme == "https" and "@" in parts.netloc):
        raise UsageError(
            say("Take the name and password out of the address, and give the token with --token-env NAME.")
        )
    if parts.username and parts.username.startswith("-"):
        raise ValueError
    if parts.query or parts.fragment:
        raise UsageError(say("Take what follows ? or # out of the address; a token is given with --token-env NAME."))


def _check_scp(url: str) -> None:
    if not re.fullmatch(r"(?:[\w.~+][\w.~+-]*@)?[A-Za-z0-9][\w.-]*:[^:-][^:]*", url):
        raise UsageError(
            say("The address is malformed: write https://host/path, ssh://user@host/path or user@host:path.")
        )


def _path_start(text: str) -> int | None:
    """Where the path of an address begins; None for a local path. git too takes a colon before any slash for ssh."""
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text)
    if scheme:
        slash = text.find("/", scheme.end())
        return slash if slash >= 0 else len(text)
    scp = re.match(r"[^/:]+:(?!:)", text)
    return scp.end() if scp else None


def _kind_of_folder(path: Path) -> Kind:
    if (path / ".git").exists():
        return Kind.WORK_TREE
    if (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir():
        return Kind.BARE
    return Kind.FOLDER
