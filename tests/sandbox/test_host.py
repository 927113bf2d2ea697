"""A host does what a sandbox of its own would do, and what one piece of work does to it no other one finds."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from support.outside import ORDINARY, PYTHON, as_user
from support.working import eventually

from verifier.sandbox import Bubblewrap, Cancelled, Ended, Hosted, Job, Mount, kept, missing
from verifier.sandbox.host import Host, Trouble
from verifier.sandbox.hub import SOCKET
from verifier.workspace import remove

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=missing() or "sandbox there"),
    pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"no {PYTHON}, which every uid may start"),
]
ROOT = os.geteuid() == 0
OWN = Path(__file__).parents[2] / "verifier" / "inside"


@pytest.fixture
def folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="host-"))
    place.chmod(0o777)
    inside = place / "inside"
    inside.mkdir()
    for name in ("host.py", "ending.py"):
        shutil.copy(OWN / name, inside)
    shutil.copy(Path(__file__).with_name("guest.py"), inside)
    inside.chmod(0o755)
    (place / "delivery" / "sub").mkdir(parents=True)
    (place / "delivery" / "sub" / "file").write_text("delivered")
    (place / "delivery" / "link").symlink_to("sub/file")
    for name in ("delivery", "delivery/sub"):
        (place / name).chmod(0o755)
    yield place
    remove(place)


@pytest.fixture(params=["root", "ordinary user"])
def uid(request, folder) -> int:
    """As whom; the delivery is that one's own."""
    if request.param == "root" and not ROOT:
        pytest.skip("needs root")
    found = ORDINARY if ROOT and request.param == "ordinary user" else os.geteuid()
    for path in (folder / "delivery").rglob("*"):
        os.chown(path, found, found, follow_symlinks=False)
    return found


def job(folder: Path, what: str, **more) -> Job:
    """One in which guest.py does something; with an output folder of its own."""
    out = Path(tempfile.mkdtemp(prefix="out-", dir=folder))
    out.chmod(0o777)
    given = Path(tempfile.mkdtemp(prefix="in-", dir=folder))
    given.chmod(0o755)
    (given / "known").write_text("known")
    mounts = (
        Mount(source=folder / "inside", target="/inside", lasting=True),
        Mount(source=folder / "delivery", target="/delivery"),
        Mount(source=given, target="/in"),
        Mount(source=out, target="/out", writable=True),
    )
    argv = (PYTHON, "-I", "/inside/guest.py", what, "word")
    given = {"env": {"HOME": "/home", "A": "1"}, "stdin": b"given", "seconds": 20, "nice": 5} | more
    return Job(argv=argv, cwd="/delivery", mounts=mounts, warm=True, **given)


def box() -> Bubblewrap:
    """With control groups where we may make them; an ordinary user of these tests may not."""
    return Bubblewrap(grouped=os.geteuid() != ORDINARY)


def out(one: Job) -> Path:
    return next(mount.source for mount in one.mounts if mount.writable)


@contextmanager
def host(folder: Path) -> Iterator[Host]:
    place = folder / "place"
    place.mkdir()
    one = Host(job(folder, "look"), place, box())
    try:
        yield one
    finally:
        one.remove()


def worked(one: Host, given: Job) -> Ended:
    return one.work(given, lambda: False)


def seen(one: Host, folder: Path) -> dict:
    return json.loads(worked(one, job(folder, "look")).stdout)


def lasts(folder: Path, *names: str) -> tuple[list[Ended], dict, dict]:
    """How these ended, one after the other in one host, and what it found before and after them."""
    with host(folder) as one:
        before = seen(one, folder)
        ended = [worked(one, job(folder, name)) for name in names]
        return ended, before, seen(one, folder)


@pytest.mark.parametrize("what", ["about", "fails", "dies"])
def test_the_answer_is_that_of_a_sandbox_of_its_own(uid, folder, what):
    def both():
        alone, hosted = job(folder, what), job(folder, what)
        with host(folder) as one:
            answers = [box().run(alone), worked(one, hosted), worked(one, hosted)]
        left = [sorted(path.name for path in out(given).iterdir()) for given in (alone, hosted)]
        return [replace(answer, milliseconds=0) for answer in answers], left

    (alone, *hosted), left = as_user(uid, both)
    assert alone.exit_code == {"about": 3, "fails": 1, "dies": 139}[what]
    assert hosted == [alone, alone]
    assert left == ([["answer"], ["answer"]] if what == "about" else [[], []])


def test_nothing_is_left_to_the_next(uid, folder):
    ended, before, after = as_user(uid, lambda: lasts(folder, "leave", "leave"))
    assert [one.exit_code for one in ended] == [0, 0]
    assert before == after
    assert (after["warmed"], after["processes"]) == ("as it was", 2)
    assert after["found"]["/home"] == ["/home/.cache", "/home/.cache/tool"]
    assert after["found"]["/delivery"] == ["/delivery/link", "/delivery/sub", "/delivery/sub/file"]
    assert (after["found"]["/out"], after["found"]["/in"]) == ([], ["/in/known"])


def test_the_host_cannot_be_traced_read_or_ended_from_inside(uid, folder):
    ended, before, after = as_user(uid, lambda: lasts(folder, "harm"))
    said = json.loads(ended[0].stdout)
    assert all(value != "done" for value in said.values()), said
    assert before == after


@pytest.mark.parametrize("what", ["limits", "slow", "segment", "deep"])
def test_a_host_that_was_changed_or_cannot_be_cleaned_is_of_no_use_any_more(uid, folder, what):
    def tried():
        with host(folder) as one:
            with pytest.raises(Trouble):
                worked(one, job(folder, what))
            return one.ended

    assert as_user(uid, tried)


@pytest.mark.parametrize(
    ("what", "limits", "killed"),
    [
        ("sleep", {"seconds": 1}, ["time"]),
        ("spin", {"seconds": 1}, ["time", "cpu"]),
        ("eat", {"memory_mb": 100}, ["memory"]),
    ],
)
def test_limits_are_those_of_a_sandbox_of_its_own_and_end_the_host(uid, folder, what, limits, killed):
    def tried():
        place = folder / "place"
        place.mkdir()
        given = job(folder, what, **limits)
        one = Host(given, place, box())
        try:
            time.sleep(0.2)  # what the host has taken before is not the job's
            return worked(one, given), one.ended
        finally:
            one.remove()

    ended, over = as_user(uid, tried)
    assert (ended.exit_code, over) == (None, True)
    assert ended.killed in killed


class Alone:
    """A `Box` that says which jobs it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def run(self, job: Job) -> Ended:
        self.given.append(job.argv[3])
        return Bubblewrap().run(job)


@pytest.fixture(scope="module")
def hub():
    with kept(idle=1) as found:
        yield found


def test_what_a_host_cannot_do_a_sandbox_of_its_own_does(folder, hub):
    alone = Alone()
    box = Hosted(alone, hub, threading.Event())
    assert [box.run(job(folder, what)).exit_code for what in ("look", "limits", "look")] == [0, 1, 0]
    assert alone.given == ["limits"]
    file = Mount(source=folder / "delivery" / "sub" / "file", target="/history")
    given = job(folder, "about")
    assert box.run(replace(given, mounts=(*given.mounts, file))).exit_code == 3
    assert Hosted(alone, folder, threading.Event()).run(given).exit_code == 3  # no hub there
    assert alone.given == ["limits", "about", "about"]


def test_a_host_that_has_nothing_to_do_ends_and_a_later_job_has_another(folder, hub):
    alone = Alone()
    box = Hosted(alone, hub, threading.Event())
    first = json.loads(box.run(job(folder, "look")).stdout)
    again = json.loads(box.run(job(folder, "look")).stdout)
    eventually(lambda: not [path for path in hub.iterdir() if path.name != SOCKET])
    later = json.loads(box.run(job(folder, "look")).stdout)
    assert first["started"] == again["started"] != later["started"]
    assert alone.given == []


def test_a_job_that_is_given_up_ends_and_the_next_one_is_done(folder, hub):
    cancel = threading.Event()
    alone = Alone()
    threading.Timer(0.5, cancel.set).start()
    with pytest.raises(Cancelled):
        Hosted(alone, hub, cancel).run(job(folder, "sleep"))
    assert Hosted(alone, hub, threading.Event()).run(job(folder, "look")).exit_code == 0
    assert alone.given == []


def hosts(maker: psutil.Process) -> list[psutil.Process]:
    """Processes that forked and have not become what they are to be have no command line yet, or none any more."""
    found = []
    for one in maker.children(recursive=True):
        with suppress(psutil.Error):
            found += [one] if "host.py" in " ".join(one.cmdline()) else []
    return found


def alive(one: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return one.is_running() and one.status() != psutil.STATUS_ZOMBIE
    return False


@pytest.mark.parametrize("how", ["maker", "hub"])
def test_hosts_end_with_the_hub_and_that_with_its_maker(folder, how):
    def made():
        tempfile.tempdir = str(folder)  # a hub that is killed leaves its own there
        with kept() as found:
            Hosted(Alone(), found, threading.Event()).run(job(folder, "look"))
            time.sleep(100)

    pid = os.fork()
    if pid == 0:
        made()
    maker = psutil.Process(pid)
    try:
        eventually(lambda: hosts(maker))
        family = maker.children(recursive=True)
        assert all(map(alive, family))
        assert {one.pid for one in hosts(maker)} <= {one.pid for one in family}
        (maker if how == "maker" else maker.children()[0]).send_signal(signal.SIGKILL)
        eventually(lambda: not any(map(alive, family)))
        assert [one for one in family if alive(one)] == []
    finally:
        maker.kill()
        os.waitpid(pid, 0)
