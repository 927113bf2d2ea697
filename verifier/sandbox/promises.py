"""What the sandbox promises, and which tier is reached where the promises are kept. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verifier.policy import GROUPED, NAMESPACES, NO_SANDBOX
from verifier.words import Text, later, say

ISOLATION: Mapping[str, str] = {
    "network": later("no network but the loopback of its own namespace"),
    "processes": later(
        "no process of this machine is seen or reached: own process, mount, IPC and host-name namespaces"
    ),
    "environment": later("environment empty but for a fixed list"),
    "files": later(
        "delivered tree read-only; of this machine only programs are seen, and nothing of it can be written"
    ),
    "privileges": later("unprivileged uid without capabilities, no new privileges"),
    "calls": later("a filter of system calls: no mounts, keys, tracing, further namespaces or other socket families"),
    "limits": later(
        "wall and processor time, memory, processes, open files, file size, disk and output bounded; what goes over is ended "
        "within a second with all its processes"
    ),
}
"""Each is tried from inside before anything runs; one that is broken, and delivered code does not run."""
GROUPS = "groups"
NOTHING = Text("", "")
KERNEL: Mapping[str, str] = {
    GROUPS: later("control groups: the kernel itself keeps memory, processes and the share of the processors"),
}
"""What the stronger tier adds."""
UNCONFINED = (
    later("delivered code is not run"),
    later("environment empty but for a fixed list"),
    later("wall time, memory and output bounded"),
)
"""Of the run of static checkers without a sandbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promise. `broken` names what could be done against it: addresses, paths, calls; nothing where it is kept."""

    name: str
    broken: tuple[str, ...] = ()

    @property
    def words(self) -> Text:
        return say({**ISOLATION, **KERNEL}[self.name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What can be had on this machine. `reason` is why delivered code cannot be run, in one sentence; empty where it can."""

    promises: tuple[Promise, ...] = ()
    reason: Text = NOTHING

    @property
    def tier(self) -> str:
        if self.reason:
            return NO_SANDBOX
        return NAMESPACES if self.lacking() else GROUPED

    def kept(self) -> list[Text]:
        """What the report says is promised."""
        if self.reason:
            return [say(words) for words in UNCONFINED]
        return [promise.words for promise in self.promises if not promise.broken]

    def lacking(self) -> list[Text]:
        """What a stronger tier would promise as well."""
        return [] if self.reason else [promise.words for promise in self.promises if promise.broken]


def standing(tried: Mapping[str, Sequence[str]]) -> Standing:
    """From what could be done against each promise. One that was not tried is not kept."""
    promises = tuple(Promise(name=name, broken=tuple(tried.get(name, ("?",)))) for name in {**ISOLATION, **KERNEL})
    broken = [promise for promise in promises if promise.broken and promise.name in ISOLATION]
    if not broken:
        return Standing(promises=promises)
    first = broken[0]
    what = ", ".join(first.broken)
    reason = say("The sandbox does not keep a promise here ({promise}): {what}.", promise=first.words, what=what)
    return Standing(promises=promises, reason=reason)
