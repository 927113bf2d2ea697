"""Secrets in the delivered files and in what their commits once added, with detect-secrets (verifier/inside/run_secrets.py)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from verifier.checker import APART, HISTORY, INSIDE, OUT, Command, Settings, ToolOutput
from verifier.inside.look.languages import PROSE
from verifier.model import (
    Cause,
    Checkout,
    File,
    Finding,
    History,
    NotExamined,
    Observations,
    Role,
    Skip,
    Trouble,
    Whose,
)
from verifier.retold import retold
from verifier.scope import LINK
from verifier.words import Text, joined, later, say, say_n

PRODUCT = frozenset({Role.SOURCE, Role.SETUP, Role.MIGRATIONS})
"""Where it is worth guessing: tests and documentation are full of made-up passwords."""
QUIET = PROSE | {"css", "csv", "gettext", "html", "notebook", "svg"}
"""Languages in which it is not: text for people, and data with digests in it."""
SHAPED = {
    "private-key": later("A private key"),
    "aws-key": later("A key of Amazon Web Services"),
    "github-token": later("A token of GitHub"),
    "gitlab-token": later("A token of GitLab"),
    "slack-token": later("A token or web hook of Slack"),
    "stripe-key": later("A live key of Stripe"),
    "azure-storage-key": later("An account key of Azure Storage"),
    "npm-token": later("A token of the npm registry"),
    "pypi-token": later("A token of the Python Package Index"),
    "sendgrid-key": later("A key of SendGrid"),
    "openai-key": later("A key of OpenAI"),
    "square-key": later("A secret of Square"),
    "password-in-address": later("A password in an address"),
}
"""What has a published shape and blocks, unless it looks like an example (verifier/inside/seek/doubt.py)."""
OTHERS = {
    "json-web-token": later("A JSON Web Token"),
    "service-token": later("A text in the shape of a service's token"),
    "named-secret": later("A fixed value with the name of a secret"),
    "random-text": later("A text that looks random"),
}
"""Often a public token, a made-up password or a digest: for a person to look at, never decisive."""
QUOTABLE = "secrets.json"
"""The secrets themselves: handed on, and no evidence."""
REDACTED = ("secrets: each is named by its place and kind alone",)
HELP = "https://cwe.mitre.org/data/definitions/798.html"
BASE_SECONDS = 600


class Secrets:
    """One run over every file and the history. Nothing in the delivery takes a finding away; nothing is asked of a server."""

    name: ClassVar[str] = "secrets"
    topic: ClassVar[str] = "security"
    tool: ClassVar[str] = "detect-secrets"
    languages: ClassVar[frozenset[str]] = frozenset()
    environment: ClassVar[bool] = False
    optional: ClassVar[bool] = False

    def steps(self, checkout: Checkout, settings: Settings) -> Sequence[Command]:
        """None for an empty tree without a history. The script exits with 0 whatever was found."""
        del settings
        targets = [_target(file) for file in _files(checkout)]
        patch = checkout.history.patch
        if not targets and not patch:
            return []
        return [
            Command(
                argv=(
                    *("python", "-I", f"{INSIDE}/run_secrets.py", f"{OUT}/{QUOTABLE}", *APART),
                    *((HISTORY,) if patch else ()),
                ),
                stdin=json.dumps(targets).encode("ascii"),
                passes=(QUOTABLE,),
                seconds=BASE_SECONDS + len(targets),
                history=True,
                redacted=REDACTED,
                repeatable=True,
                apart=True,
            )
        ]

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        """Raises ValueError where the answer is not about exactly the files asked for."""
        said = json.loads(outputs[0].stdout) if outputs else {"scanned": [], "skipped": {}, "findings": [], "more": []}
        if {file.path for file in _files(checkout)} != {*said["scanned"], *said["skipped"]}:
            raise ValueError("detect-secrets did not answer for exactly the files that it was given")
        past = said.get("history")
        return Observations(
            findings=tuple(_finding(one) for one in (*said["findings"], *(past["findings"] if past else ()))),
            examined=frozenset(said["scanned"]),
            not_examined=tuple(_skipped(path, why) for path, why in sorted(said["skipped"].items())),
            notes=(*_more(said["more"]), *_of_history(checkout.history, past)),
            secrets=frozenset(json.loads(outputs[0].files[QUOTABLE]) if outputs else ()),
            trouble=_too_many(past["more"]) if past and past["more"] else None,
        )


def _files(checkout: Checkout) -> Iterator[File]:
    """Links are read where they lead."""
    return (file for file in checkout.files if file.mode != LINK)


def _target(file: File) -> list[str | bool]:
    product = file.role in PRODUCT
    return [file.path, product, product and file.language not in QUIET]


def _skipped(path: str, why: str) -> NotExamined:
    if why == "not text":
        return NotExamined(path=path, skip=Skip.NOT_TEXT, reason=say("not text"))
    return NotExamined(path=path, skip=Skip.SIZE if why.startswith("over ") else Skip.TOOL, reason=retold(why))


def _finding(one: Mapping[str, Any]) -> Finding:
    kind, commit = one["kind"], one.get("commit", "")
    sure = kind in SHAPED and not one["doubt"]
    return Finding(
        rule=f"secrets:{kind}",
        message=_message(one, say(SHAPED.get(kind) or OTHERS[kind]), commit),
        path=one["path"],
        line=None if commit else one["line"],
        end_line=None if commit else one["end"],
        severity="error" if sure else "note",
        confidence="high" if sure else "low",
        help=HELP,
        cwe=(798,),
        commit=commit,
    )


def _message(one: Mapping[str, Any], what: Text, commit: str) -> Text:
    if commit:
        return say(
            "{what} is in commit {commit} at line {line}, and no longer in this file: whoever has the history has it.",
            what=what,
            commit=commit[:12],
            line=one["line"],
        )
    if one["doubt"]:
        return say("{what} is in the delivery; it looks like an example.", what=what)
    return say("{what} is in the delivery.", what=what)


def _more(more: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Guesses that are not listed one by one."""
    number = sum(count for _, count in more)
    if number:
        first = max(more, key=lambda one: (one[1], one[0]))[0]
        yield say_n(
            number,
            "{n} more text that could be a secret is counted and not listed, most of them in {path}.",
            "{n} more texts that could be secrets are counted and not listed, most of them in {path}.",
            path=first,
        )


def _too_many(more: int) -> Trouble:
    """What is not listed is not judged, so that a heap of made-up ones hides nothing."""
    return Trouble(
        cause=Cause.LIMIT,
        message=say_n(
            more, "{n} more find in the history is not listed.", "{n} more finds in the history are not listed."
        ),
        whose=Whose.SUPPLIER,
        mend=say("Take the listed ones out of the history with git filter-repo, then assess again."),
    )


def _of_history(history: History, past: Mapping[str, Any] | None) -> Iterator[str]:
    """What was examined of the history, and what was left out."""
    yield from history.left_out
    if past is None:
        if not history.left_out:
            yield say("The delivery has no commits of its own: there is no history to examine.")
        return
    if history.since:
        yield say_n(
            history.commits,
            "{n} commit since {base} was searched for secrets.",
            "{n} commits since {base} were searched for secrets.",
            base=history.since[:12],
        )
    else:
        yield say_n(history.commits, "{n} commit was searched for secrets.", "{n} commits were searched for secrets.")
    if past["binary"]:
        yield say_n(
            past["binary"],
            "{n} file that is no text was not examined in the history.",
            "{n} files that are no text were not examined in the history.",
        )
    if past["large"]:
        yield say(
            "Additions of over {size} MB to one file were examined in part only: {paths}.",
            size=2,
            paths=joined(", ", past["large"][:5]),
        )
    if past["late"]:
        yield say("The time for the history ran out: its older part was not examined.")
