"""Where commands run: in a bubblewrap sandbox, or, static checkers only, without one where there is none."""

from verifier.sandbox.bubblewrap import UID, Bubblewrap, interpreter_mounts, missing, tool_mounts
from verifier.sandbox.job import Box, Cancelled, Ended, Job, Mount
from verifier.sandbox.unconfined import Unconfined

__all__ = [
    "UID",
    "Box",
    "Bubblewrap",
    "Cancelled",
    "Ended",
    "Job",
    "Mount",
    "Unconfined",
    "interpreter_mounts",
    "missing",
    "tool_mounts",
]
