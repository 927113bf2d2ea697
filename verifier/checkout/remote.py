"""References and objects from where they are into our own repository: qualified before use, fetched by full id."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from verifier.checkout.git import Access, Git, global_helper
from verifier.checkout.request import Request, check_address, shown
from verifier.checkout.trouble import GitError, explain
from verifier.errors import UsageError, VerifierError, WorldError
from verifier.words import say

FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
NAMESPACES = ("refs/heads/", "refs/tags/", "refs/remotes/")
HOPS = 5
"""Redirects that are followed, one after the other."""
SERVICE = "/info/refs?service=git-upload-pack"
"""What a smart client asks for first (https://git-scm.com/docs/http-protocol#_smart_clients)."""
HELPER = """!f() { test "$1" = get && printf 'username=x-access-token\\npassword=%s\\n' "$VERIFIER_GIT_TOKEN"; }; f"""
"""Answers git's question for a password from the environment (https://git-scm.com/docs/gitcredentials)."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where objects come from: an address that git understands, its name for messages, and its references."""

    address: str
    name: str
    refs: Mapping[str, str]


def access_to(request: Request) -> Access:
    """What the caller allows for a remote address. Raises `UsageError` where the named token is not there."""
    parts = check_address(request.where)
    config = {f"protocol.{'https' if parts else 'ssh'}.allow": "always"}
    if request.ca:
        config["http.sslCAInfo"] = str(request.ca.absolute())
    if request.proxy:
        config["http.proxy"] = request.proxy
    if not parts:
        return Access(config=config)
    if request.anonymous:
        return Access(config=config, environment={"HOME": os.devnull})  # below it there is no .netrc
    host = f"https://{parts.netloc}"
    if request.token_env:
        config[f"credential.{host}.helper"] = HELPER
        return Access(config=config, environment={"VERIFIER_GIT_TOKEN": _token(request.token_env)})
    helper = global_helper(request.where) if request.credential_helper else ""
    return Access(config=config | ({f"credential.{host}.helper": helper} if helper else {}))


def _token(name: str) -> str:
    token = os.environ.get(name, "").strip()
    if not token.isprintable() or not token:
        raise UsageError(
            say("The environment variable {name} holds no token: set it, or leave --token-env out.", name=shown(name))
        )
    return token


def look(git: Git, address: str, name: str) -> Source:
    """The references of a source. Redirects are followed within the same scheme, host and port only."""
    for _ in range(HOPS):
        try:
            answer = git.run("ls-remote", "--quiet", "--", address)
        except GitError as error:
            if not re.search(r"returned error: 30[1278]", error.errors):
                raise explain(error, name) from None
            address = _redirected(git, address)
            continue
        lines = (line.partition("\t") for line in answer.decode("utf-8", "surrogateescape").splitlines())
        return Source(address, name, {ref: object_id for object_id, _, ref in lines if FULL_ID.fullmatch(object_id)})
    raise WorldError(say("{name} could not be read: it sends on more than {n} times.", name=shown(name), n=HOPS))


def _redirected(git: Git, address: str) -> str:
    """Asks again while git writes the headers down (secrets are redacted by git), and judges where they point to."""
    with tempfile.NamedTemporaryFile(dir=git.directory.parent) as trace:
        try:
            git.run("ls-remote", "--", address, env={"GIT_TRACE_CURL": trace.name, "GIT_TRACE_CURL_NO_DATA": "1"})
        except GitError:
            headers = Path(trace.name).read_text("utf-8", "replace")
        else:
            return address  # it has stopped sending on
    found = re.findall(r"<= Recv header: location: *(\S+)", headers, re.IGNORECASE)
    target = urljoin(address.rstrip("/") + SERVICE, str(found[-1]) if found else "")
    here, there = urlsplit(address), urlsplit(target)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        place = shown(f"{there.scheme}://{there.netloc}")
        raise WorldError(
            say(
                "{address} sends on to another host or scheme ({place}): if that is right, type it.",
                address=shown(address),
                place=place,
            )
        )
    if not target.endswith(SERVICE):
        raise WorldError(
            say("{address} sends on to a page that is no git repository: check the address.", address=shown(address))
        )
    return target.removesuffix(SERVICE)


def wanted(source: Source, ref: str | None) -> str:
    """The full id that a branch, tag, full name or full commit id stands for; nothing is guessed.

    Raises `UsageError` for unknown, abbreviated and ambiguous names.
    """
    if ref is None or ref == "HEAD":
        if "HEAD" not in source.refs:
            raise UsageError(
                say(
                    "HEAD of {name} names no commit: say which branch, tag or commit to judge.", name=shown(source.name)
                )
            )
        return source.refs["HEAD"]
    found = [name for name in (ref, *(space + ref for space in NAMESPACES)) if name in source.refs and "/" in name]
    if FULL_ID.fullmatch(ref.lower()):
        if found:
            raise UsageError(
                say("{name} is named like a commit id: write {name} if you mean it, or rename it.", name=found[0])
            )
        return ref.lower()
    if len(found) > 1:
        raise UsageError(say("{ref} is ambiguous: write {names}.", ref=shown(ref), names=shown(" or ".join(found))))
    if found:
        return source.refs[found[0]]
    if re.fullmatch(r"[0-9a-fA-F]{4,63}", ref):
        raise UsageError(
            say("{ref} is neither a branch nor a tag; a commit is named by its full id of 40 digits.", ref=shown(ref))
        )
    raise UsageError(say("{name} has no branch or tag {ref}.", name=shown(source.name), ref=shown(ref)))


def bring(git: Git, source: Source, ref: str | None, name: str) -> str:
    """Fetches what `ref` stands for with its history and tags; gives the full id of the commit.

    An id that the server will not give by itself is looked for in all branches and tags.
    """
    object_id = wanted(source, ref)
    if object_id not in source.refs.values() and (known := _commit(git, object_id)):
        return known
    try:
        fetch(git, source, f"{object_id}:refs/delivery/{name}")
    except GitError as error:
        if not re.search(r"not our ref|unadvertised object|remote ref", error.errors):
            raise explain(error, source.name) from None
        try:
            fetch(git, source, "+refs/heads/*:refs/delivery/heads/*", "+refs/tags/*:refs/tags/*")
        except GitError as second:
            raise explain(second, source.name) from None
    commit = _commit(git, object_id)
    if not commit:
        raise _unknown(source, ref or "HEAD")
    return commit


def _unknown(source: Source, ref: str) -> VerifierError:
    return UsageError(
        say(
            "{name} has no commit {ref}: check the id, and that it was pushed.", name=shown(source.name), ref=shown(ref)
        )
    )


def fetch(git: Git, source: Source, *refspecs: str) -> None:
    options = (
        "--quiet",
        "--no-write-fetch-head",
        "--no-recurse-submodules",
        "--update-shallow",
        "--no-auto-maintenance",
    )
    git.run("fetch", *options, "--", source.address, *refspecs)


def _commit(git: Git, object_id: str) -> str | None:
    try:
        return git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{object_id}^{{commit}}")
    except GitError:
        return None
