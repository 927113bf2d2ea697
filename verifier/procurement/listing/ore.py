"""The Open Resource Exchange of the Government of Canada: one release of an administration's file in `_data/code/`. Pure.

https://github.com/canada-ca/ore-ero, `_data/schemaCode.yaml`. The Yamale schema is strict: no other key, dates in quotes, French
beside English everywhere.
"""

from __future__ import annotations

from typing import Any

from verifier.procurement.listing.facts import Facts

VERSION = "1.0"


def entry(facts: Facts) -> dict[str, Any]:
    """The whole file with one release: `releases` goes into the administration's own file where there is one."""
    return {
        "schemaVersion": VERSION,
        "adminCode": facts.organisation("admin")["admin"],
        "releases": [_release(facts)],
    }


def _release(facts: Facts) -> dict[str, Any]:
    said = facts.said
    more = {f"{name}URL": dict(found) for name in ("download", "homepage") if (found := said.get(name))}
    return {
        "contact": {"email": facts.organisation("contact")["contact"]},
        "date": {"created": facts.accepted[:10], "metadataLastUpdated": facts.today[:10]},
        "description": {"whatItDoes": dict(said.needed("does"))},
        "category": said.needed("category"),
        "name": dict(facts.name),
        "licences": [{"URL": {"en": url, "fr": url}, "spdxID": name} for name, url in facts.licences],
        "repositoryURL": {"en": facts.repository, "fr": facts.repository},
        "tags": {language: list(words) for language, words in said.alike("tags").items()},
        **more,
        **({"languages": list(facts.languages)} if facts.languages else {}),
        "status": said.needed("status").capitalize(),
    }
