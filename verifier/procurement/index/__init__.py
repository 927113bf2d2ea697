"""The index of the record: what lists and dashboards read. It decides nothing, and is made again from files and ledger."""

from verifier.procurement.index.accepted import Accepted, accepted
from verifier.procurement.index.database import Changes, Index, SpoiltIndexError
from verifier.procurement.index.rows import Listed, Mark, Wanted

__all__ = ["Accepted", "Changes", "Index", "Listed", "Mark", "SpoiltIndexError", "Wanted", "accepted"]
