"""Whether the ledger still holds what the gate released: the files may show that it was put back to an earlier copy. Pure."""

from __future__ import annotations

from verifier.gate.case import Case, Reasons
from verifier.gate.chain import place
from verifier.gate.codes import untrusted
from verifier.statements import uris
from verifier.trust.signed import Signed
from verifier.words import say


def forgotten(case: Case) -> Reasons:
    """A release of this milestone by the gate's key is among the files, and the ledger knows of none.

    This alone speaks against the ledger and not against the purchase, so that leaving the file out is no answer to it.
    """
    about = (case.about["contract"], case.about["milestone"])
    if case.about["milestone"] in case.known.released:
        return  # paid already, which is another check's reason
    for signed in case.chain.kind(uris.RELEASE):
        if place(signed) == about and _by_a_gate(case, signed):
            words = say(
                "A payment release of milestone {milestone} of {contract} is among the files, and the ledger does not hold it: "
                "it may have been put back to an earlier copy.",
                milestone=about[1],
                contract=about[0],
            )
            yield untrusted("not-recorded", words)


def _by_a_gate(case: Case, signed: Signed) -> bool:
    """By whoever had that role at any time: an alarm is not to be missed because the role ended."""
    contract = case.about["contract"]
    return any(one.concerns(by.person, "gate", contract) for by in signed.by for one in case.policy.grants)
