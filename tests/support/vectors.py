"""Test data from outside, which is read where VERIFIER_VECTORS points and copied nowhere."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

WHERE = os.environ.get("VERIFIER_VECTORS")
needed = pytest.mark.skipif(not WHERE, reason="VERIFIER_VECTORS does not say where the test data from outside is")


def files(pattern: str) -> list[Path]:
    """The files of this pattern; none only where no variable is set, as data that is gone is a failure."""
    found = sorted(Path(WHERE).glob(pattern)) if WHERE else []
    assert found or not WHERE, f"VERIFIER_VECTORS has nothing by the name of {pattern}"
    return found


def document(name: str) -> Any:
    return json.loads(files(name)[0].read_bytes()) if WHERE else {}
