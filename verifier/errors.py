"""Errors, grouped by who must act. Each message is one sentence, in both languages, that says what to do."""

from __future__ import annotations

from verifier.words import Text, said


class VerifierError(Exception):
    """Base of every error that the command line reports in one sentence; `exit_code` is frozen (docs/exit-codes.md)."""

    exit_code = 3

    @property
    def text(self) -> Text:
        """The sentence in both languages."""
        words = self.args[0] if self.args else ""
        return words if isinstance(words, Text) else Text(str(words), str(words))

    def in_language(self, language: str) -> str:
        """The sentence in `en` or `fr`; one that was made without its French is the same in both."""
        return said(self.args[0], language) if self.args else ""


class UsageError(VerifierError):
    """The caller typed something that cannot be right: an unknown commit, a malformed URL or file."""

    exit_code = 2


class CriteriaError(UsageError):
    """A criteria, contract, waiver or rules file is not valid; the message carries file, line and column."""


class WorldError(VerifierError):
    """The world withheld something: an unreachable host, a full disk, time."""


class LimitError(WorldError):
    """The delivery is over a limit of the criteria; the message has the number seen and the number allowed."""


class TrustError(VerifierError):
    """A signature, signer, digest, expiry or revocation does not hold; `code` is the reason in short, for programs."""

    exit_code = 4

    def __init__(self, text: str, code: str = "trust") -> None:
        super().__init__(text)
        self.code = code
