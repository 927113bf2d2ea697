"""publiccode.yml 0.7, the file that lies in the repository itself. Pure.

https://yml.publiccode.tools. Maintenance is `none`, or by contract with the payee: for the other two kinds the standard wants the
names of physical persons, which no listing gives.
"""

from __future__ import annotations

from typing import Any

from verifier.procurement.listing.facts import Facts
from verifier.words import LANGUAGES

VERSION = "0.7"
STATUS = {
    "alpha": "beta",
    "beta": "beta",
    "maintained": "stable",
    "deprecated": "obsolete",
    "retired": "obsolete",
}


def entry(facts: Facts) -> dict[str, Any]:
    said = facts.said
    return {
        "publiccodeYmlVersion": VERSION,
        "name": facts.name["en"],
        "url": facts.repository,
        **({"landingURL": home["en"]} if (home := said.get("homepage")) else {}),
        "platforms": list(said.needed("publiccode", "platforms")),
        "developmentStatus": STATUS[said.needed("status")],
        "softwareType": said.needed("publiccode", "type"),
        "organisation": {"uri": facts.organisation("uri")["uri"], "name": facts.buyer["en"]},
        "description": {language: _description(facts, language) for language in LANGUAGES},
        "legal": {"license": facts.licence},
        "maintenance": _maintenance(facts),
        "localisation": {
            "localisationReady": said.needed("publiccode", "localised"),
            "availableLanguages": list(said.needed("publiccode", "available")),
        },
    }


def _description(facts: Facts, language: str) -> dict[str, Any]:
    said = facts.said
    return {
        "localisedName": facts.name[language],
        "shortDescription": said.needed("does")[language],
        "longDescription": said.needed("description")[language],
        "features": list(said.alike("features")[language]),
    }


def _maintenance(facts: Facts) -> dict[str, Any]:
    kind = facts.said.needed("maintenance", "type")
    if kind == "none":
        return {"type": kind}
    until = facts.said.needed("maintenance", "until")
    return {"type": kind, "contractors": [{"name": facts.payee, "until": until}]}
