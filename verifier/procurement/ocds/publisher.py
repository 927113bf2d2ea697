"""Who publishes, and how what is published is called. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from verifier.procurement.settings import Settings
from verifier.procurement.store import alike
from verifier.words import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """The buyer's organisation; `address` and `licence` are "" where none was configured."""

    prefix: str
    name: Text
    id: str
    address: str = ""
    licence: str = ""

    def ocid(self, contract: str) -> str:
        """Of a contract: two ids that a reader takes for one are one process."""
        return f"{self.prefix}-{quote(alike(contract), safe='')}"

    def uri(self, path: str) -> str:
        """Where a file lies that is published; where no address is configured, a name that no other file has."""
        if self.address:
            return f"{self.address.rstrip('/')}/{quote(path)}"
        return uuid5(NAMESPACE_URL, f"{self.prefix}/{path}").urn


def publisher(settings: Settings) -> Publisher:
    """Raises UsageError where the record does not say who buys."""
    organisation = settings.needed("organisation", "name", "id")
    ocds = settings.needed("ocds", "prefix")
    name = organisation["name"]
    return Publisher(
        prefix=ocds["prefix"],
        name=Text(name, name) if isinstance(name, str) else Text(name["en"], name["fr"]),
        id=organisation["id"],
        address=ocds.get("address", ""),
        licence=ocds.get("licence", ""),
    )


def supplier_id(payee: str) -> str:
    """What a payee is called by: the same in all contracts, and no id of a person."""
    return f"payee-{sha256(alike(payee).encode()).hexdigest()[:16]}"
