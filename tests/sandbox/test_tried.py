"""The sandbox is tried before anything is trusted to it: a wall that is taken away is missed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.outside import ORDINARY, PYTHON, as_user

from verifier.policy import GROUPED, NAMESPACES, NO_SANDBOX
from verifier.sandbox import bubblewrap, cgroup, missing, probe
from verifier.sandbox.promises import GROUPS, ISOLATION, standing

sandboxed = pytest.mark.skipif(bool(missing()), reason=missing() or "sandbox there")
ROOT = os.geteuid() == 0
Argv = list[str]
whole = bubblewrap.bwrap_argv


def untold() -> probe.Standing:
    """What is found now, whatever was found before."""
    return probe.probed.__wrapped__()


@sandboxed
def test_every_promise_is_kept_here():
    found = untold()
    broken = {promise.name: promise.broken for promise in found.promises if promise.broken}
    assert broken.keys() <= {GROUPS}, broken
    assert found.tier == (GROUPED if cgroup.found() else NAMESPACES)
    assert len(found.kept()) + len(found.lacking()) == len(ISOLATION) + 1


@sandboxed
@pytest.mark.skipif(not ROOT, reason="is an ordinary user already")
@pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"no {PYTHON}, which every uid may start")
def test_an_ordinary_user_has_them_too(monkeypatch):
    monkeypatch.setattr(sys, "executable", PYTHON)
    monkeypatch.setattr(probe, "tool_mounts", tuple)

    def found():
        cgroup.found.cache_clear()
        return untold()

    told = as_user(ORDINARY, found)
    assert (told.tier, told.reason) == (NAMESPACES, "")
    assert [promise.name for promise in told.promises if promise.broken] == [GROUPS]


def without(*words: str) -> Callable[[Argv], Argv]:
    return lambda argv: [word for word in argv if word not in words]


def without_option(name: str, values: int) -> Callable[[Argv], Argv]:
    def changed(argv: Argv) -> Argv:
        place = argv.index(name)
        return argv[:place] + argv[place + 1 + values :]

    return changed


def until_command(start: str, end: str) -> Callable[[Argv], Argv]:
    """Takes away what stands between a word and the one that begins with `end`."""

    def changed(argv: Argv) -> Argv:
        first = argv.index(start, argv.index("--"))
        last = next(n for n in range(first + 1, len(argv)) if argv[n].startswith(end))
        return argv[:first] + argv[last:]

    return changed


def writable(argv: Argv) -> Argv:
    place = argv.index("/given") - 2
    return [*argv[:place], "--bind", *argv[place + 1 :]]


def leaking(argv: Argv) -> Argv:
    place = argv.index("--chdir")
    return [*argv[:place], "--setenv", "LEAK", os.environ[probe.OURS], *argv[place:]]


WALLS: dict[str, tuple[Callable[[Argv], Argv], str, str]] = {
    "network": (without("--unshare-net"), "network", "127.0.0.1"),
    "names of the network": (without("--unshare-net"), "network", "unix"),
    "processes": (without("--unshare-pid"), "processes", "ns/pid"),
    "messages": (without("--unshare-ipc"), "processes", "ns/ipc"),
    "a variable": (leaking, "environment", "LEAK"),
    "what is given": (writable, "files", "/given/made"),
    "calls": (without_option("--seccomp", 1), "calls", "unshare"),
    "limits": (until_command("prlimit", "setpriv" if ROOT else sys.executable), "limits", "RLIMIT_FSIZE"),
}
if ROOT:
    WALLS["uid"] = (until_command("setpriv", sys.executable), "privileges", "uid 0")
else:
    WALLS["root of its own"] = (without("--remount-ro"), "files", "/made")


@sandboxed
@pytest.mark.parametrize("wall", WALLS)
def test_a_wall_that_is_taken_away_is_missed(wall, monkeypatch):
    weaker, promise, what = WALLS[wall]
    monkeypatch.setattr(bubblewrap, "bwrap_argv", lambda job, **more: weaker(whole(job, **more)))
    found = untold()
    broken = {one.name: " ".join(one.broken) for one in found.promises}
    assert what in broken[promise], broken
    assert (found.tier, bool(found.reason)) == (NO_SANDBOX, True)


def test_what_was_not_tried_is_not_kept():
    assert standing({}).tier == NO_SANDBOX
    assert standing(dict.fromkeys(ISOLATION, ())).tier == NAMESPACES
    assert standing({**dict.fromkeys(ISOLATION, ()), GROUPS: ()}).tier == GROUPED


def test_a_bubblewrap_that_may_not_start_is_quoted(monkeypatch, tmp_path):
    """As where user namespaces are forbidden."""
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert untold().reason == "bubblewrap does not start here: bwrap: setting up uid map: Permission denied"


def test_a_machine_of_another_kind_has_no_filter(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert untold().reason == "No filter of system calls is known for this machine (riscv64)."
