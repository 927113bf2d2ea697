"""Exported packages, checked without a network by the publishers' own tool and the standard's schemas (scripts/pypi-schemas)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jsonref
import pytest
from jsonschema import Draft4Validator, FormatChecker
from libcoveocds.api import ocds_json_output
from libcoveocds.config import LibCoveOCDSConfig
from referencing import Registry, Resource

SCHEMAS = Path(__file__).parents[2] / ".venv" / "ocds"
RELEASE, VERSIONED = "release-schema", "versioned-release-validation-schema"
RELEASES, RECORDS = "release-package-schema", "record-package-schema"
BASE = "https://standard.open-contracting.org/schema/1__1__5"
"""By what address the packages' schemas call the two others."""


@cache
def schema(name: str) -> dict[str, Any]:
    """One of the standard's schemas."""
    path = SCHEMAS / f"{name}.json"
    if not path.is_file():
        pytest.fail(f"{path} is missing: `.venv/bin/python scripts/pypi-schemas .venv/ocds` fetches it.", pytrace=False)
    return dict(json.loads(path.read_bytes()))


def schema_errors(package: dict[str, Any]) -> list[str]:
    """By the standard's own schema of a release package or a record package, formats and closed codelists included."""
    found = _validator(RECORDS if "records" in package else RELEASES).iter_errors(package)
    return [f"{'/'.join(map(str, one.absolute_path))}: {one.message}" for one in found]


def cove_errors(package: dict[str, Any]) -> list[Any]:
    """What libcoveocds finds wrong."""
    config = LibCoveOCDSConfig()
    config.config |= {"context": "api", "standard_zip": _archive()}
    replace = partial(jsonref.replace_refs, loader=lambda address: schema(Path(address).stem))
    with patch("jsonref.replace_refs", replace):  # it would fetch the schema of versioned releases
        said = ocds_json_output(json_data=json.loads(json.dumps(package)), lib_cove_ocds_config=config)
    wrong = ("validation_errors", "structure_warnings", "conformance_errors", "additional_closed_codelist_values")
    unknown = [
        one for one in said.get("additional_fields", ()) if not one["field"].endswith("_fr")
    ]  # it knows no languages
    return [said[name] for name in wrong if said.get(name)] + unknown


@cache
def _validator(name: str) -> Draft4Validator:
    known = [(f"{BASE}/{one}.json", Resource.from_contents(schema(one))) for one in (RELEASE, VERSIONED)]
    return Draft4Validator(schema(name), registry=Registry().with_resources(known), format_checker=FormatChecker())


@cache
def _archive() -> bytes:
    """The standard's folder as libcoveocds reads it, in a zip file in memory. Of codelists it has the closed ones."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("standard/", "")
        for name in (RELEASE, VERSIONED, RELEASES, RECORDS):
            archive.writestr(f"standard/schema/{name}.json", json.dumps(schema(name)))
        for name, codes in _codelists(schema(RELEASE)):
            archive.writestr(f"standard/schema/codelists/{name}", "\n".join(["Code", *codes]))
    return made.getvalue()


def _codelists(value: Any) -> Iterator[tuple[str, list[str]]]:
    """File name and codes of each closed codelist, which stand in the schema as well."""
    if isinstance(value, dict):
        codes = value.get("enum") or value.get("items", {}).get("enum") if "codelist" in value else None
        if codes:
            yield value["codelist"], [one for one in codes if one is not None]
        for inner in value.values():
            yield from _codelists(inner)
