"""GitHub's description of its API (scripts/npm-packages): what a request and an answer must look like."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

PLACE = Path(__file__).parents[3] / ".venv" / "npm" / "github.json"


@dataclass
class Description:
    """`base` is where the paths are, `uploads` where files go."""

    base: str
    uploads: str

    def __post_init__(self) -> None:
        document = json.loads(PLACE.read_text())
        document["servers"] = [{"url": self.base}]
        document["paths"]["/repos/{owner}/{repo}/releases/{release_id}/assets"]["post"]["servers"] = [
            {"url": self.uploads}
        ]
        self.document = document
        self._openapi = OpenAPI.from_dict(document)

    def example(self, path: str, method: str, status: int) -> Any:
        """The description's own example of an answer."""
        answer = self.document["paths"]["/repos/{owner}/{repo}" + path][method]["responses"][str(status)]
        example = next(iter(answer["content"]["application/json"]["examples"].values()))
        if "$ref" in example:
            example = self.document["components"]["examples"][example["$ref"].rpartition("/")[2]]
        return copy.deepcopy(example["value"])

    def wrong(self, asked: tuple[str, str], headers: Any, body: bytes, status: int, answer: bytes) -> str:
        """How a request, or what was answered to it, differs from the description; nothing where they fit, or it was refused."""
        method, url = asked
        parts = urlsplit(url)
        kind = headers.get("Content-Type", "application/json").partition(";")[0]
        request = MockRequest(
            f"{parts.scheme}://{parts.netloc}",
            method.lower(),
            parts.path,
            args=dict(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in headers.items()},
            data=body or None,
            content_type=kind,
        )
        response = MockResponse(answer, status_code=status, content_type="application/json")
        try:
            if status < 300:
                self._openapi.validate_request(request)
                self._openapi.validate_response(request, response)
        except OpenAPIError as error:
            return f"{method} {url}: {_told(error)}"
        return ""


def _told(error: BaseException) -> str:
    causes = [repr(error)]
    while error.__cause__ is not None:
        error = error.__cause__
        listed = getattr(error, "schema_errors", None)
        causes.append("; ".join(f"{list(one.path)}: {one.message[:200]}" for one in listed) if listed else repr(error))
    return " <- ".join(causes)
