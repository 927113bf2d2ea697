"""Signed statements beside a release and in the attestation store: the right ones only, once, and none is ever replaced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.hub import Hub, described

from verifier.errors import UsageError
from verifier.publish import Order, Posted
from verifier.publish.github import GitHub

EXAMPLES = Path(__file__).parents[2] / "reports" / "examples" / "accepted"
REPORT = EXAMPLES / "acceptance-report.sigstore.json"
BOTH = ("release", "attestation")


@pytest.fixture
def hub() -> Iterator[Hub]:
    with described() as made:
        yield made


def post(
    hub: Hub, path: Path = REPORT, kinds: tuple[str, ...] = BOTH, content: bytes | None = None, **given: str
) -> list[Posted]:
    order = Order(
        kinds=kinds,
        environment={},
        signed=content or path.read_bytes(),
        name=path.name,
        repository=hub.repository,
        api=hub.base,
        token="all",
        **{"release": "v1.0", **given},
    )
    return list(GitHub().publish(order))


def test_an_acceptance_report_is_kept_byte_for_byte_and_once(hub):
    for _ in range(2):
        assert [one.missing for one in post(hub)] == [False, False]
    assert [one["content"] for one in hub.assets] == [REPORT.read_bytes()]
    assert len(hub.attestations) == 1


def test_another_file_of_the_same_name_is_not_replaced(hub):
    post(hub, kinds=("release",))
    (told,) = post(hub, kinds=("release",), content=(EXAMPLES / "assessment.sigstore.json").read_bytes())
    assert told.missing
    assert "it is not replaced" in told.words
    assert hub.assets[0]["content"] == REPORT.read_bytes()


def test_a_release_that_is_not_there_is_told(hub):
    (told,) = post(hub, kinds=("release",), release="v9")
    assert told.missing
    assert "none of the tag v9" in told.words


def test_an_assessment_is_posted_as_well(hub):
    assert [one.missing for one in post(hub, EXAMPLES / "assessment.sigstore.json")] == [False, False]


@pytest.mark.parametrize("name", ["certification", "release", "decision.requirements"])
def test_what_names_people_and_amounts_is_not(hub, name):
    path = next(EXAMPLES.glob(f"{name.split('.')[0]}*.json"))
    with pytest.raises(UsageError, match="Only an assessment or an acceptance report"):
        post(hub, path)
    assert hub.asked == []


def test_what_is_no_statement_is_refused_before_anything_is_asked(hub):
    with pytest.raises(UsageError):
        post(hub, content=b'{"mediaType": "x"}')
    assert hub.asked == []


def test_the_tag_must_be_named(hub):
    with pytest.raises(UsageError, match="--release"):
        post(hub, release="")
