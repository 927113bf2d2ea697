"""Programs that try to get out of the sandbox: none does, as root and as an ordinary user; tried outside, they do."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import escapes
import pytest
from support.outside import ORDINARY, PYTHON, Outside, as_user

from verifier.sandbox import UID, Bubblewrap, Job, Mount, missing

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=missing() or "sandbox there"),
    pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"no {PYTHON}, which every uid may start"),
]
ROOT = os.geteuid() == 0
WHO = ("root", "ordinary user")


@pytest.fixture(scope="module", params=WHO)
def who(request) -> str:
    if request.param == "root" and not ROOT:
        pytest.skip("needs root")
    return request.param


def outer_uid(who: str) -> int:
    """The uid that a program in the sandbox has outside it."""
    if who == "root":
        return UID
    return ORDINARY if ROOT else os.geteuid()


@pytest.fixture(scope="module")
def held(who) -> Iterator[dict[str, Any]]:
    """What came of every program inside, and what has come of the world outside."""
    outside = Outside(outer_uid(who))
    try:
        job = Job(
            argv=(PYTHON, "-I", "/escapes/escapes.py", json.dumps(outside.world()), *escapes.PROGRAMS),
            cwd="/",
            mounts=(
                Mount(source=program(outside), target="/escapes"),
                Mount(source=outside.folder / "delivery", target=str(outside.folder / "delivery")),
                Mount(source=outside.folder / "scratch", target=str(outside.folder / "scratch"), writable=True),
            ),
            seconds=60,
        )
        before = os.environ.copy()
        os.environ["VERIFIER_SECRET"] = outside.secret
        try:
            uid = 0 if who == "root" else outer_uid(who)
            ended = as_user(uid, lambda: Bubblewrap(grouped=who == "root").run(job))
        finally:
            os.environ.clear()
            os.environ.update(before)
        assert ended.exit_code == 0, ended
        yield {"told": read(ended.stdout), "harm": outside.harm()}
    finally:
        outside.gone()


def program(outside: Outside) -> Path:
    """The programs where every uid may read them."""
    folder = outside.folder / "escapes"
    folder.mkdir()
    (folder / "escapes.py").write_bytes(Path(escapes.__file__).read_bytes())
    return folder


def read(said: bytes) -> dict[str, dict[str, Any]]:
    lines = [json.loads(line) for line in said.decode().splitlines() if line.startswith("{")]
    return {line["name"]: line for line in lines}


@pytest.mark.parametrize("name", escapes.PROGRAMS)
def test_it_is_held(held, name):
    assert not held["told"][name]["got"], held["told"][name]
    assert escapes.HARMS.get(name) not in held["harm"]


def test_the_world_outside_is_as_it_was(held):
    assert held["harm"] == set()


LAST = "kill-a-process"
"""What others are tried on is ended at the end."""


@pytest.fixture(scope="module")
def let_loose() -> Iterator[dict[str, Any]]:
    """The same programs without a sandbox: as the uid that they have in it and, where only root could, as root."""
    uid = outer_uid("root" if ROOT else "ordinary user")
    told: dict[str, Any] = {}
    outside = Outside(uid)
    try:
        folder = program(outside)
        for control, user in ((escapes.SAME_UID, uid), (escapes.ROOT, 0)):
            if user == 0 and not ROOT:
                continue
            names = sorted((one for one, whose in escapes.CONTROLS.items() if whose == control), key=LAST.__eq__)
            argv = [PYTHON, "-I", str(folder / "escapes.py"), json.dumps(outside.world()), *names]
            dropped = {"user": user, "group": user, "extra_groups": []} if ROOT else {}
            done = subprocess.run(argv, env={"OURS": outside.secret}, capture_output=True, check=False, **dropped)
            told |= read(done.stdout)
        told["harm"] = outside.harm()
        yield told
    finally:
        outside.gone()


MAY_BE_OFF = {
    "tcp6-to-the-machines-loopback": "IPv6",
    "vsock-to-the-host-of-the-virtual-machine": "VSOCK",
    "socket-of-every-other-family": "families beyond the usual",
    "io-uring-past-the-filter": "io_uring",
    "user-namespace-by-unshare": "user namespaces for every process",
    "user-namespace-by-clone": "user namespaces for every process",
    "user-namespace-by-clone3": "user namespaces for every process",
    "call-as-a-32-bit-program": "32-bit calls",
    "large-doors-of-the-kernel": "perf, userfaultfd and bpf for every user",
    "trace-a-child": "tracing",
    "program-that-runs-as-root": "set-user-id programs of root",
}
"""What a kernel may have switched off, so that its program cannot do harm outside either."""


@pytest.mark.parametrize("name", escapes.CONTROLS)
def test_outside_it_would_not_be_held(let_loose, name):
    if name not in let_loose:
        pytest.skip("needs root")
    told = let_loose[name]
    reached = bool(told["got"]) or escapes.HARMS.get(name) in let_loose["harm"]
    if not reached and name in MAY_BE_OFF:
        pytest.skip(f"this kernel has no {MAY_BE_OFF[name]}: {told.get('refused')}")
    assert reached, told
