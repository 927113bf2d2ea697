"""code.json, schema 2.0.0 of the metadata of United States agencies, which has `contractNumber`. Pure.

https://github.com/DSACMS/gov-codejson, `schemas/schema-2.0.0.json`. Its words are English only.
"""

from __future__ import annotations

from typing import Any

from verifier.procurement.listing.facts import Facts

LICENCES = frozenset(
    {
        *("CC0-1.0", "Apache-2.0", "MIT", "MPL-2.0", "GPL-2.0-only", "GPL-3.0-only", "GPL-3.0-or-later"),
        *("LGPL-2.1-only", "LGPL-3.0-only", "BSD-2-Clause", "BSD-3-Clause", "EPL-2.0"),
    }
)
"""Those that the schema names; every other is `Other`."""
STATUS = {
    "alpha": "Alpha",
    "beta": "Beta",
    "maintained": "Production",
    "deprecated": "Archival",
    "retired": "Archival",
}


def entry(facts: Facts) -> dict[str, Any]:
    said = facts.said
    return {
        "name": facts.name["en"],
        "description": said.needed("does")["en"],
        "status": STATUS[said.needed("status")],
        "permissions": {
            "licenses": [{"name": _licence(name), "URL": url} for name, url in facts.licences],
            "usageType": ["openSource"],
        },
        "organization": facts.buyer["en"],
        "repositoryURL": facts.repository,
        "repositoryVisibility": "public",
        **{f"{name}URL": found["en"] for name in ("homepage", "download") if (found := said.get(name))},
        "vcs": "git",
        "laborHours": said.needed("codejson", "hours"),
        "reuseFrequency": {},
        "languages": facts.known_languages(),
        "maintenance": said.needed("maintenance", "type"),
        "contractNumber": [facts.contract],
        "SBOM": said.needed("codejson", "components"),
        "date": {"created": facts.accepted, "lastModified": facts.accepted, "metadataLastUpdated": facts.today},
        "tags": list(said.alike("tags")["en"]),
        "contact": {"email": facts.organisation("contact")["contact"]},
        "feedbackMechanism": said.needed("codejson", "feedback"),
        "AIUseCaseID": said.needed("codejson", "ai-use-case"),
    }


def _licence(name: str) -> str:
    return name if name in LICENCES else "Other"
