"""Where commands run: in a bubblewrap sandbox, or, static checkers only, without one where there is none."""

from verifier.sandbox.bubblewrap import UID, Bubblewrap, interpreter_mounts, tool_mounts
from verifier.sandbox.hub import Hosted, kept
from verifier.sandbox.job import Box, Cancelled, Ended, Job, Mount
from verifier.sandbox.probe import missing, probed
from verifier.sandbox.promises import Promise, Standing
from verifier.sandbox.share import cores, free_memory_mb
from verifier.sandbox.unconfined import Unconfined

__all__ = [
    "UID",
    "Box",
    "Bubblewrap",
    "Cancelled",
    "Ended",
    "Hosted",
    "Job",
    "Mount",
    "Promise",
    "Standing",
    "Unconfined",
    "cores",
    "free_memory_mb",
    "interpreter_mounts",
    "kept",
    "missing",
    "probed",
    "tool_mounts",
]
