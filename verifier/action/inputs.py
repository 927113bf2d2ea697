"""The inputs of action.yml, as the environment has them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from verifier.errors import UsageError
from verifier.words import LANGUAGES, say

T = TypeVar("T")
FAILS = {
    "inconclusive": frozenset({"rejected", "inconclusive"}),
    "rejected": frozenset({"rejected"}),
    "never": frozenset[str](),
}
"""The verdicts that fail the job, by `fail-on`."""
TRUTH = {"true": True, "false": False}
LONGEST = 360
"""Minutes that GitHub gives a job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """`options` are those of `verifier assess`, `minutes` what it may take, `posts` what is wanted of `verifier publish`."""

    delivery: str
    options: tuple[str, ...]
    minutes: int
    fails: frozenset[str]
    folder: str
    annotations: bool
    official: bool
    posts: tuple[str, ...]
    language: str


def read(given: Mapping[str, str], *, profiles: frozenset[str], workspace: str) -> Inputs:
    """Raises UsageError, naming the input that cannot be right."""
    language = _among(given, "language", dict(zip(LANGUAGES, LANGUAGES, strict=True)), "en")
    posts = [name for name in ("comment", "sarif") if _among(given, name, TRUTH, "false")]
    return Inputs(
        delivery=_delivery(given),
        options=(*_options(given, profiles), f"--language={language}"),
        minutes=_minutes(given),
        fails=_among(given, "fail-on", FAILS, "inconclusive"),
        folder=_folder(given, workspace),
        annotations=_among(given, "annotations", TRUTH, "true"),
        official=bool(_value(given, "contract")),
        posts=tuple(posts),
        language=language,
    )


def _options(given: Mapping[str, str], profiles: frozenset[str]) -> tuple[str, ...]:
    contract = _value(given, "contract")  # not of action.yml: an official assessment is the buyer's workflow's
    options = [f"--contract={contract}"] if contract else []
    if criteria := _value(given, "criteria") or ("" if contract else "micro-ca"):
        options.append(f"--profile={criteria}" if criteria in profiles else f"--criteria={criteria}")
    for name, option in (("criteria-digest", "--criteria-digest"), ("base-ref", "--base")):
        if value := _value(given, name):
            options.append(f"{option}={value}")
    options += [f"--only={topic}" for topic in _value(given, "only").replace(",", " ").split()]
    server = given.get("GITHUB_SERVER_URL", "").rstrip("/")
    ours = server and _value(given, "repository").startswith(f"{server}/")
    if given.get("VERIFIER_TOKEN") and (contract or ours):  # a buyer's token is for the delivery, wherever that is
        options.append("--token-env=VERIFIER_TOKEN")
    return tuple(options)


def _delivery(given: Mapping[str, str]) -> str:
    where, ref = _value(given, "repository"), _value(given, "ref")
    if not where:
        raise UsageError(say("The input {name} is empty.", name="repository"))
    return f"{where}@{ref}" if ref else where


def _folder(given: Mapping[str, str], workspace: str) -> str:
    """Below the workspace, by a name that no other program takes for an option."""
    value = _value(given, "output-dir") or "verifier-report"
    if value.startswith(("/", "-", "~")) or ".." in value.split("/") or not value.isprintable():
        raise UsageError(say("The input {name} must name a folder below the workspace.", name="output-dir"))
    if not value.strip("./"):
        raise UsageError(say("The input {name} must name a folder below the workspace.", name="output-dir"))
    return f"{workspace.rstrip('/')}/{value}"


def _minutes(given: Mapping[str, str]) -> int:
    value = _value(given, "timeout-minutes") or "60"
    if not (value.isascii() and value.isdecimal() and 1 <= int(value) <= LONGEST):
        raise UsageError(
            say("The input {name} must be a number from 1 to {most}.", name="timeout-minutes", most=LONGEST)
        )
    return int(value)


def _among(given: Mapping[str, str], name: str, known: Mapping[str, T], default: str) -> T:
    value = _value(given, name) or default
    if value not in known:
        raise UsageError(say("The input {name} must be one of: {known}.", name=name, known=", ".join(known)))
    return known[value]


def _value(given: Mapping[str, str], name: str) -> str:
    return given.get(f"INPUT_{name.upper().replace('-', '_')}", "").strip()
