"""verifier's command line where no delivery's environment is built: pylint sees no installed packages. For measuring the rest.

python -c "from support.unbuilt import main; main()" worker ...
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from verifier import pipeline
from verifier.cli import fleet
from verifier.cli import main as whole
from verifier.fleet.submission import Submission
from verifier.model import CheckResult, Observations

ASSESS = fleet.assess


def nothing(_: pipeline._Run) -> CheckResult:
    return pipeline._not_built(Observations())


def assess(submission: Submission, folder: Path, **options: Any) -> dict[str, Any]:
    """What a worker's child does, which is another process."""
    pipeline._Run._environment = nothing  # type: ignore[method-assign]
    return ASSESS(submission, folder, **options)


def main() -> None:
    pipeline._Run._environment = nothing  # type: ignore[method-assign]
    fleet.assess = assess
    sys.exit(whole())
