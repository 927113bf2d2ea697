"""What workers of tests do in the place of an assessment, and submissions for them. Found by its name in the child's process."""

from __future__ import annotations

import json
import os
import select
import signal
import time
from pathlib import Path
from typing import Any

from verifier.errors import LimitError, UsageError, WorldError
from verifier.fleet.submission import Submission
from verifier.words import say

RECORDED = Path(__file__).parents[1] / "fixtures" / "reports" / "dvpwa" / "report.json"


def submission(number: int = 0, *, supplier: str = "a", does: str = "", **more: Any) -> Submission:
    """`does` is what the work reads: sleep:SECONDS, until:FILE (is there), report:SECONDS (one that can be signed), wrong, world,
    limit, crash, die.
    """
    return Submission(
        id=f"{supplier}-{number}",
        time="2026-11-29T12:00:00Z",
        where=f"https://example.org/{supplier}/{number}",
        commit=f"{number:040x}",
        criteria="c" * 64,
        supplier=supplier,
        options=("--does", does) if does else (),
        **more,
    )


def work(given: Submission, folder: Path) -> dict[str, Any]:
    """Does what the submission says, and leaves a report of one line."""
    does, _, value = given.options[-1].partition(":") if given.options else ("", "", "")
    match does:
        case "sleep":
            (folder / "begun").write_text(str(os.getpid()))
            select.select([], [], [], float(value))  # with a clock that libfaketime sets, time.sleep() fails
        case "until":
            (folder / "begun").write_text(str(os.getpid()))
            while not Path(value).exists():
                select.select([], [], [], 0.05)
        case "report":
            time.sleep(float(value))
            document = json.loads(RECORDED.read_bytes())
            document["delivery"] |= {"url": given.where, "commit": given.commit}
            (folder / "report.json").write_text(json.dumps(document))
            return {"report": given.digest[:8]}
        case "wrong":
            raise UsageError(
                say("Nothing follows the @ in {where}@: write a branch, a tag or a full commit id.", where="x")
            )
        case "world":
            raise WorldError("no such host")
        case "limit":
            raise LimitError("too many files")
        case "crash":
            raise RuntimeError("a mistake of ours")
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
    (folder / "report.json").write_text(given.where)
    return {"report": given.digest[:8]}
