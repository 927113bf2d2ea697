"""Where on GitHub a report is posted: read from the order and from what GitHub Actions sets for a job.

Variables: https://docs.github.com/en/actions/reference/workflows-and-actions/variables
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.errors import UsageError
from verifier.publish import Entry, Order
from verifier.publish.http import Api
from verifier.words import say

API = "https://api.github.com"
VERSION = "2022-11-28"
"""Of the API, as its documentation calls it."""
_REPOSITORY = re.compile(r"[\w.-]{1,100}/[\w.-]{1,100}", re.ASCII)
_CHANGE = re.compile(r"[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class Place:
    """`repository` is owner/name, `change` the number of a pull request or empty; `foreign` says that it comes from a fork."""

    api: Api
    repository: str
    change: str
    ref: str
    foreign: bool
    page: str

    def path(self, rest: str) -> str:
        return f"/repos/{self.repository}{rest}"


def place(order: Order) -> Place:
    """Raises UsageError where the repository or the token is not known."""
    given = order.environment
    repository = order.repository or given.get("GITHUB_REPOSITORY", "")
    ours = repository == given.get(
        "GITHUB_REPOSITORY", ""
    )  # what the job says of itself is said of its repository alone
    event = _event(given) if ours else {}
    if not _REPOSITORY.fullmatch(repository):
        raise UsageError(say("Name the repository with --repository OWNER/NAME, or set GITHUB_REPOSITORY."))
    if not order.token:
        raise UsageError(say("The environment variable with GitHub's token is empty; name another with --token-env."))
    change = order.change or str(_of(event, "pull_request", "number") or "")
    if change and not _CHANGE.fullmatch(change):
        raise UsageError(say("{text} is not the number of a pull request.", text=change))
    head, base = (_of(event, "pull_request", side, "repo", "full_name") for side in ("head", "base"))
    ref = order.ref or (f"refs/pull/{change}/head" if change else given.get("GITHUB_REF", "") if ours else "")
    api = Api(order.api or given.get("GITHUB_API_URL") or API, _headers(order.token), "GitHub")
    return Place(api, repository, change, ref, bool(change and base) and head != base, order.page or _run(given))


def _headers(token: str) -> dict[str, str]:
    return {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "X-GitHub-Api-Version": VERSION,
        "User-Agent": "verifier",
    }


def _event(given: Mapping[str, str]) -> Entry:
    """What started the job; nothing outside of one."""
    try:
        found = json.loads(Path(given["GITHUB_EVENT_PATH"]).read_bytes())
    except (KeyError, OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _of(event: Any, *names: str) -> Any:
    for name in names:
        event = event.get(name) if isinstance(event, dict) else None
    return event


def _run(given: Mapping[str, str]) -> str:
    """The page of the job, where its summary is."""
    server, repository, run = (given.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else ""
