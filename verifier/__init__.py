"""verifier: checks a delivered repository against a buyer's acceptance criteria.

What other programs may rely on is listed in `__all__`; everything else may change. Each name is imported when it is first
used, so `import verifier` takes no time. `docs/library.md` has examples.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from verifier.checker import Checker, Command, Impossible, Settings, Steps, ToolOutput
    from verifier.checkout import Request
    from verifier.criteria import judge
    from verifier.errors import CriteriaError, LimitError, UsageError, VerifierError, WorldError
    from verifier.model import (
        Cause,
        Checkout,
        CheckResult,
        Delivery,
        Evidence,
        File,
        Finding,
        Judgement,
        Kind,
        Level,
        Measure,
        NotExamined,
        Observations,
        Outcome,
        OutcomeOf,
        Role,
        Score,
        Skip,
        State,
        Steering,
        Suppression,
        Tampering,
        Trouble,
        Verdict,
        Waiver,
        Whose,
    )
    from verifier.pipeline import Assessed, assess
    from verifier.policy import Contract, Criteria
    from verifier.report import Report, as_json, from_dict, to_dict
    from verifier.rulebook import load_contract, load_criteria, load_profile
    from verifier.words import Text

__all__ = [
    "Assessed",
    "Cause",
    "CheckResult",
    "Checker",
    "Checkout",
    "Command",
    "Contract",
    "Criteria",
    "CriteriaError",
    "Delivery",
    "Evidence",
    "File",
    "Finding",
    "Impossible",
    "Judgement",
    "Kind",
    "Level",
    "LimitError",
    "Measure",
    "NotExamined",
    "Observations",
    "Outcome",
    "OutcomeOf",
    "Report",
    "Request",
    "Role",
    "Score",
    "Settings",
    "Skip",
    "State",
    "Steering",
    "Steps",
    "Suppression",
    "Tampering",
    "Text",
    "ToolOutput",
    "Trouble",
    "UsageError",
    "Verdict",
    "VerifierError",
    "Waiver",
    "Whose",
    "WorldError",
    "as_json",
    "assess",
    "from_dict",
    "judge",
    "load_contract",
    "load_criteria",
    "load_profile",
    "to_dict",
]

_HOMES = ("model", "words", "errors", "checker", "policy", "criteria", "report", "rulebook", "checkout", "pipeline")
"""Where they are defined, those that are imported soonest first."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'verifier' has no attribute {name!r}")
    homes = (import_module(f"verifier.{home}") for home in _HOMES)
    return next(getattr(home, name) for home in homes if hasattr(home, name))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
