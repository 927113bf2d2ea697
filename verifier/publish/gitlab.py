"""GitLab: a commit status. What else GitLab shows it reads from files: JUnit, SARIF and code quality (docs/posting.md).

API: https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar
from urllib.parse import quote

from verifier.errors import UsageError
from verifier.publish import Entry, Order, Posted
from verifier.publish.http import Api, Refused
from verifier.publish.status import context, description
from verifier.words import in_language, later, say

STATES = {"accepted": "success", "pending": "success", "rejected": "failed", "inconclusive": "failed"}
"""It has no word for what could not be checked; the description has."""
API = "https://gitlab.com/api/v4"


class GitLab:
    name: ClassVar[str] = "gitlab"
    kinds: ClassVar[Mapping[str, str]] = {"status": later("a commit status")}
    signed: ClassVar[frozenset[str]] = frozenset()

    def publish(self, order: Order) -> Iterator[Posted]:
        given = order.environment
        project = order.repository or given.get("CI_PROJECT_ID", "")
        if not project:
            raise UsageError(say("Name the project with --repository GROUP/NAME, or set CI_PROJECT_ID."))
        if not order.token:
            raise UsageError(
                say("The environment variable with GitLab's token is empty; name another with --token-env.")
            )
        base = order.api or given.get("CI_API_V4_URL") or API
        api = Api(base, {"PRIVATE-TOKEN": order.token, "User-Agent": "verifier"}, "GitLab")
        document = in_language(order.report, order.language)
        page = order.page or given.get("CI_JOB_URL", "")
        yield _told(api, f"/projects/{quote(project, safe='')}", document, order.language, page)


def _told(api: Api, project: str, document: Entry, language: str, page: str) -> Posted:
    try:
        return api.patiently(lambda: _status(api, project, document, language, page))
    except Refused as refusal:
        return Posted(
            what="status", words=say("Not posted ({kind}): {why}", kind="status", why=refusal.words), missing=True
        )


def _status(api: Api, project: str, document: Entry, language: str, page: str) -> Posted:
    commit, name = document["delivery"]["commit"], context(document)
    body = {
        "state": STATES[document["verdict"]],
        "name": name,
        "description": description(document, language),
        **({"target_url": page} if page else {}),
    }
    for there in api.pages(f"{project}/repository/commits/{commit}/statuses", name=name):
        if (there["name"], there["status"], there["description"]) == (name, body["state"], body["description"]):
            return Posted(what="status", words=say("Status: it says the same already."))
    api.send("POST", f"{project}/statuses/{commit}", body)
    return Posted(what="status", words=say("Status: {state}.", state=body["state"]))
