"""Release packages and record packages. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verifier.procurement.ocds.publisher import Publisher
from verifier.procurement.ocds.releases import Release
from verifier.procurement.ocds.standard import VERSION, merger

RELEASES, RECORDS = "releases", "records"


def release_package(releases: Sequence[Release], by: Publisher) -> dict[str, Any]:
    """Of one contract's releases, of which there is at least one."""
    return {**_head(RELEASES, releases, by), RELEASES: list(releases)}


def record_package(record: dict[str, Any], by: Publisher) -> dict[str, Any]:
    """Of one contract, as `record_of` made it."""
    return {**_head(RECORDS, record["releases"], by), RECORDS: [record]}


def record_of(releases: Sequence[Release]) -> dict[str, Any]:
    """All releases of a contract, what they come to, and how each value came about."""
    listed = list(releases)
    return {
        "ocid": listed[0]["ocid"],
        "releases": listed,
        "compiledRelease": merger().create_compiled_release(listed),
        "versionedRelease": _as_its_schema_says(merger().create_versioned_release(listed)),
    }


def _as_its_schema_says(versioned: Any) -> Any:
    """By that schema words in another language (`title_fr`) are plain text: the newest. All of them are in the releases."""
    if isinstance(versioned, list):
        return [_as_its_schema_says(one) for one in versioned]
    if not isinstance(versioned, dict):
        return versioned
    return {
        name: value[-1]["value"] if name.endswith("_fr") else _as_its_schema_says(value)
        for name, value in versioned.items()
    }


def place(kind: str, ocid: str) -> str:
    """Where the package of a contract lies, from the folder on into which was exported."""
    return f"{kind}/{ocid}.json"


def _head(kind: str, releases: Sequence[Release], by: Publisher) -> dict[str, Any]:
    """`publishedDate` is when its content last changed: exported twice, the bytes are the same."""
    return {
        "uri": by.uri(place(kind, releases[0]["ocid"])),
        "version": VERSION,
        "publisher": {"name": by.name.en},
        "publishedDate": releases[-1]["date"],
        **({"license": by.licence} if by.licence else {}),
    }
