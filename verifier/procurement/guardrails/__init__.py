"""Guardrails of purchasing: leads of contract splitting, the ceiling with tax, and who may not be whom. Pure.

A lead is a question to a person, never an answer: it blocks nothing, and it is in no public format.
"""

from verifier.procurement.guardrails.leads import Answer, Lead, every, leads
from verifier.procurement.guardrails.purchase import Purchase
from verifier.procurement.guardrails.rules import RULES

__all__ = ["RULES", "Answer", "Lead", "Purchase", "every", "leads"]
