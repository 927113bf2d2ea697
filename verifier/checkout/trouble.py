"""What git says when it fails, and what that means for whom."""

from __future__ import annotations

import re

from verifier.checkout.request import shown
from verifier.errors import UsageError, VerifierError, WorldError
from verifier.words import Text, later, say


class GitError(Exception):
    """git ended with a failure; `errors` is what it said, as it said it."""

    def __init__(self, errors: str, code: int) -> None:
        super().__init__(errors)
        self.errors = errors
        self.code = code


class RefusedError(WorldError):
    """The place asks who is there, or refused who was."""


_MEANINGS: tuple[tuple[str, type[VerifierError], str], ...] = (
    (
        r"fsck error|fsck failed",
        WorldError,
        later("{place} could not be read: it holds git objects that are damaged or malformed."),
    ),
    (
        r"No space left on device|Out of diskspace|Disk quota exceeded",
        WorldError,
        later("{place} could not be read: the disk is full: free some space and try again."),
    ),
    (
        r"could not read (Username|Password)|Authentication failed|returned error: 40[13]",
        RefusedError,
        later(
            "{place} could not be read: it asks for a name and password, or refused ours: "
            "give a token with --token-env NAME."
        ),
    ),
    (
        r"Permission denied \(|Host key verification failed",
        WorldError,
        later(
            "{place} could not be read: ssh was refused: it needs a key that the host accepts, "
            "and the host among the known ones."
        ),
    ),
    (
        r"repository '.*' not found|does not appear to be a git repository|not valid: is this a git repository",
        UsageError,
        later(
            "{place} could not be read: there is no git repository, or it is private: "
            "check the address, or give a token with --token-env NAME."
        ),
    ),
    (
        r"early EOF|hung up|RPC failed|unexpected disconnect|Empty reply|Connection reset|recv error|unexpected eof",
        WorldError,
        later("{place} could not be read: the connection broke off before everything had come: try again."),
    ),
    (
        r"certificate|SSL|TLS|gnutls_handshake",
        WorldError,
        later(
            "{place} could not be read: the secure connection failed: "
            "if its certificate is of a private authority, give that with --ca FILE."
        ),
    ),
    (
        r"returned error: 30\d",
        WorldError,
        later("{place} could not be read: it sends on to another address: type the final one."),
    ),
    (
        r"Could not resolve|resolve host",
        WorldError,
        later("{place} could not be read: the host's name is not known: check the address and the network."),
    ),
    (
        r"Failed to connect|Connection refused|timed out|unreachable|Couldn't connect",
        WorldError,
        later("{place} could not be read: the host is unreachable."),
    ),
    (
        r"index-pack failed|unpack-objects failed",
        WorldError,
        later("{place} could not be read: its git objects could not be unpacked."),
    ),
    (
        r"missing|bad object|unable to read|not our ref|lazy",
        WorldError,
        later("{place} could not be read: it lacks git objects: fetch them all (a partial clone?)."),
    ),
)


def explain(error: GitError, place: str) -> VerifierError:
    """One sentence for what git said, without secrets, as the error of who must act."""
    own = "\n".join(line for line in error.errors.splitlines() if not line.startswith("remote:"))
    for pattern, kind, meaning in _MEANINGS:
        if re.search(pattern, own):
            return kind(say(meaning, place=_shown(place)))
    told = [line for line in own.splitlines() if line.startswith(("fatal:", "error:"))]
    if told:
        said = shown(told[-1].partition(":")[2].strip())
        return WorldError(say("{place} could not be read: {said}.", place=_shown(place), said=said))
    return WorldError(
        say("{place} could not be read: git ended with code {code}.", place=_shown(place), code=error.code)
    )


def _shown(place: str) -> str:
    return place if isinstance(place, Text) else shown(place)
