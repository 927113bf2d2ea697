"""The JSON and CSV addresses: described by OpenAPI 3.1, and as described whatever they are asked."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from support.shown import sources

from verifier.dashboard import site
from verifier.dashboard.serve import openapi
from verifier.dashboard.serve.app import app
from verifier.dashboard.serve.settings import Settings
from verifier.gate.moves import State

BASE = "http://127.0.0.1:8413"
HEALTH = list(HealthCheck)


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    folder = tmp_path_factory.mktemp("api")
    with sources(folder):
        pass
    served = app(lambda: sources(folder, 0), Settings(base=BASE))
    return schemathesis.openapi.from_asgi("/data/openapi.json", served, headers={"Host": "127.0.0.1"})


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_as_described(described, mode):
    """Whether it is asked what is described, or something that is not."""
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) > 4
    for one in operations:
        if mode is GenerationMode.POSITIVE or one.query.items:
            _try(one.as_strategy(generation_mode=mode))


def _try(cases):
    @given(case=cases)
    @settings(max_examples=12, deadline=None, phases=[Phase.generate], derandomize=True, suppress_health_check=HEALTH)
    def check(case):
        case.call_and_validate(headers={"Host": "127.0.0.1"})

    check()


def test_the_description_is_made_from_the_sections():
    paths = openapi.description(site.NAVIGATION, BASE)["paths"]
    for section in site.NAVIGATION:
        assert {f"/data/{section.address}.json", f"/data/{section.address}.csv"} <= paths.keys()
    filters = {one["name"]: one["schema"] for one in paths["/data/contracts.json"]["get"]["parameters"]}
    assert filters["state"]["enum"] == ["", *(one.value for one in State)]
    assert filters["text"]["maxLength"] == 500
