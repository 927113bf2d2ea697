"""The detectors of detect-secrets, each with the kind of what it finds; a secret never leaves this process.

Those in SHAPED know a published shape, and what they find is nearly always what it seems; those in GUESSED go by a name
before a value, or by how random a text looks, which is mostly a digest, an identifier or a test's own word. Not used: public
IP addresses, which are no secret, and keys of IBM, Artifactory and Cloudant, whose shape is any word of some length.
Nothing is asked of a server: that is a filter of detect-secrets, and no filter of its configuration is on.
"""

import re
from typing import NamedTuple

from detect_secrets.filters import heuristic
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString, HexHighEntropyString
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.keyword import KeywordDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector
from detect_secrets.settings import transient_settings

from .doubt import doubtful

LONG = (
    4000  # characters of a line that are guessed at; the shapes are looked for in all of it, in pieces of this length
)
OVERLAP = 400


class Hit(NamedTuple):
    """One find, on the lines from `line` to `end`."""

    kind: str
    line: int
    end: int
    doubt: bool  # it has the shape and yet is hardly one, such as an example of the maker's own documentation
    secret: str


class FineGrained(RegexBasedDetector):
    """GitHub's newer tokens, which detect-secrets 1.5.0 does not know."""

    secret_type = "GitHub Fine-grained Token"  # noqa: S105 - what it is called
    denylist = (re.compile(r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),)


class Npm(RegexBasedDetector):
    """npm's tokens anywhere, and its older ones, which have no shape of their own, in the line of an `.npmrc`."""

    secret_type = "Token of npm"  # noqa: S105 - likewise
    denylist = (re.compile(r"npm_[A-Za-z0-9]{36}"), re.compile(r"_authToken=\s*[A-Fa-f0-9-]{36}"))


SHAPED = (
    (PrivateKeyDetector(), "private-key"),
    (AWSKeyDetector(), "aws-key"),
    (GitHubTokenDetector(), "github-token"),
    (FineGrained(), "github-token"),
    (GitLabTokenDetector(), "gitlab-token"),
    (SlackDetector(), "slack-token"),
    (StripeDetector(), "stripe-key"),
    (AzureStorageKeyDetector(), "azure-storage-key"),
    (Npm(), "npm-token"),
    (PypiTokenDetector(), "pypi-token"),
    (SendGridDetector(), "sendgrid-key"),
    (OpenAIDetector(), "openai-key"),
    (SquareOAuthDetector(), "square-key"),
    (BasicAuthDetector(), "password-in-address"),
    (JwtTokenDetector(), "json-web-token"),
)
GUESSED = (
    (DiscordBotTokenDetector(), "service-token"),
    (MailchimpDetector(), "service-token"),
    (TelegramBotTokenDetector(), "service-token"),
    (TwilioKeyDetector(), "service-token"),
    (KeywordDetector(), "named-secret"),
    (Base64HighEntropyString(limit=4.5), "random-text"),
    (HexHighEntropyString(limit=3.0), "random-text"),
)
INNER = frozenset({"aws-key", "password-in-address"})
"""Of what these match, a group is the secret and the rest is what stands around it."""
# A line without any of these has nothing that the detectors look for; most lines have none.
SHAPES = re.compile(
    r"PRIVATE KEY|PuTTY-User|A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA|aws|gh[oprsu]_|github_pat_|gl[a-z]{2,5}-|GR1348941|xox[abopsr]-"
    r"|hooks\.slack|k_live_|npm_|_authToken|pypi-Ag|SG\.|AccountKey=|T3BlbkFJ|sq0csp|eyJ|://[^\s/]+:[^\s/]+@",
    re.IGNORECASE,
)
GUESSES = re.compile(
    r"key|pass|pwd|secret|contrase|[\"'][A-Za-z0-9+/\\=_-]{20,}[\"']|[A-Z0-9]{2}[a-z0-9]{32}|-us\d|\d{8}:[\w-]{35}"
    r"|[MNO][\w-]{23,25}\.",
    re.IGNORECASE,
)


def shaped(lines):
    """Hits of the shapes. `lines` are (number, text) in order; a key may go on in those that follow."""
    return [hit for index, (_, text) in enumerate(lines) if SHAPES.search(text) for hit in _on_line(lines, index)]


def _on_line(lines, index):
    number, text = lines[index]
    found = {}
    for detector, kind in SHAPED:
        for piece in pieces(text):
            for secret, around in _matches(detector, kind, piece):
                end, doubt = doubtful(kind, secret, around, lines, index)
                found.setdefault((kind, secret), Hit(kind, number, end, doubt, secret))
    return found.values()


def _matches(detector, kind, text):
    """(what matched, what is before and after it), by the whole match, so that two tokens are told apart.

    detect-secrets' own answer is the group in its pattern, which is "ghp" for every token of GitHub.
    """
    for pattern in detector.denylist:
        for match in pattern.finditer(text):
            group = 1 if kind in INNER and pattern.groups else 0
            if kind != "json-web-token" or detector.is_formally_valid(match[0]):
                yield match[group], (text[: match.start(group)], text[match.end(group) :])


def guessed(path, lines):
    """Hits of the detectors that guess, less what detect-secrets itself holds for no secret."""
    return [hit for number, text in lines if not _noisy(path) for hit in _guesses(path, number, text)]


def _guesses(path, number, text):
    if len(text) > LONG or not GUESSES.search(text) or heuristic.is_indirect_reference(text):
        return
    for detector, kind in GUESSED:
        for secret in _secrets(detector, path, text, number):
            if not _no_secret(secret, text, detector):
                yield Hit(kind, number, number, False, secret)


def pieces(text):
    """A long line in overlapping pieces: a pattern that goes back and forth takes too long on a line of megabytes."""
    step = LONG - OVERLAP
    return [text] if len(text) <= LONG else [text[start : start + LONG] for start in range(0, len(text), step)]


def _secrets(detector, path, text, number):
    found = detector.analyze_line(filename=path, line=text, line_number=number, context=None)
    return sorted({one.secret_value for one in found if one.secret_value})


def _noisy(path):
    return heuristic.is_lock_file(path) or heuristic.is_non_text_file(path) or heuristic.is_swagger_file(path)


def _no_secret(secret, text, detector):
    return (
        heuristic.is_sequential_string(secret)
        or heuristic.is_potential_uuid(secret)
        or heuristic.is_likely_id_string(secret, text, detector)
        or heuristic.is_templated_secret(secret)
        or heuristic.is_prefixed_with_dollar_sign(secret)
        or heuristic.is_not_alphanumeric_string(secret)
    )


def offline():
    """Settings in which detect-secrets has no filter, hence believes no comment and asks no server."""
    return transient_settings({"plugins_used": [], "filters_used": []})
