"""The gate's checks, in the order in which they are numbered.

Every check yields the reasons against paying that it finds, and passes over what is not there: that is another check's reason.
"""

from __future__ import annotations

from verifier.gate.case import Check
from verifier.gate.certified import apart, certified
from verifier.gate.chained import bound, present, signed_in_role
from verifier.gate.forgotten import forgotten
from verifier.gate.judged import as_agreed, decided, result
from verifier.gate.timely import fresh, recorded, seen

CHECKS: tuple[tuple[str, Check], ...] = (
    ("present", present),
    ("signed-in-role", signed_in_role),
    ("bound", bound),
    ("as-agreed", as_agreed),
    ("result", result),
    ("fresh", fresh),
    ("decided", decided),
    ("certified", certified),
    ("apart", apart),
    ("seen", seen),
    ("recorded", recorded),
    ("forgotten", forgotten),
)
"""In the order in which they are numbered, after those of every single statement (container to subject)."""
