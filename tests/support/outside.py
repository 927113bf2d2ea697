"""What there is outside a sandbox to be reached, read, changed or ended; and whether anything came of it."""

from __future__ import annotations

import ctypes
import os
import pickle
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

ORDINARY = 4242
"""A uid that is nobody's on this machine."""
PYTHON = "/usr/bin/python3"
"""An interpreter that every uid may start."""
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder by which processes share it
ADD_KEY, KEYCTL = {"x86_64": (248, 250), "aarch64": (217, 219)}[os.uname().machine]
LIBC = ctypes.CDLL(None, use_errno=True)


class Outside:
    """Servers, files, a process, a key and shared memory of one uid, none of which a sandbox may touch."""

    def __init__(self, uid: int) -> None:
        self.uid = uid
        self.mark = f"verifier-{uuid.uuid4().hex[:12]}"
        self.secret = f"secret-{uuid.uuid4().hex}"
        self.folder = Path(tempfile.mkdtemp(prefix="outside-"))
        self.folder.chmod(0o755)
        self._listen()
        self._files()
        self.victim = as_user(uid, self._in_memory)
        self._before = self._state()
        self._offset = time.time() - time.monotonic()

    def _listen(self) -> None:
        self._servers = {
            "tcp4": socket.create_server(("127.0.0.1", 0)),
            "tcp-any": socket.create_server(("0.0.0.0", 0)),  # noqa: S104 - an address of the machine that is not its loopback
            "udp4": socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
            "abstract": socket.socket(socket.AF_UNIX),
            "unix": socket.socket(socket.AF_UNIX),
        }
        if socket.has_dualstack_ipv6():
            self._servers["tcp6"] = socket.create_server(("::1", 0), family=socket.AF_INET6)
        self._servers["udp4"].bind(("127.0.0.1", 0))
        self._servers["abstract"].bind("\0" + self.mark)
        self._servers["unix"].bind(str(self.folder / "socket"))
        (self.folder / "socket").chmod(0o777)
        for name, server in self._servers.items():
            server.setblocking(False)
            if name != "udp4":
                server.listen()

    def _files(self) -> None:
        for name in ("outside", "delivery", "scratch"):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o777)  # only the sandbox stands before them
        for path in ("outside/secret", "outside/free", "delivery/file"):
            (self.folder / path).write_text(self.secret)
            (self.folder / path).chmod(0o666)
        identify = self.folder / "delivery" / "setuid-id"
        shutil.copy("/usr/bin/id", identify)
        identify.chmod(0o4755)
        (SHARED_MEMORY / self.mark).write_text(self.secret)
        (SHARED_MEMORY / self.mark).chmod(0o666)

    def _in_memory(self) -> tuple[int, int]:
        """A process, a key and a segment of shared memory, made by the uid that they belong to."""
        environment = {"SECRET": self.secret}
        process = subprocess.Popen(
            ["sh", "-c", "while :; do sleep 1000; done", self.mark], env=environment, start_new_session=True
        )
        LIBC.syscall(ADD_KEY, b"user", self.mark.encode(), b"kept", 4, -4)
        number = LIBC.shmget(0, 4096, 0o1600)
        LIBC.shmat.restype = ctypes.c_void_p
        ctypes.memmove(LIBC.shmat(number, None, 0), b"kept.", 6)
        return process.pid, number

    def world(self) -> dict[str, Any]:
        """What a program is told, so that it need not search."""
        ports = {name: one.getsockname()[1] for name, one in self._servers.items() if name not in ("abstract", "unix")}
        return {
            "tcp6": 0,
            **ports,
            "address": own_address(),
            "abstract": self.mark,
            "unix": str(self.folder / "socket"),
            "mark": self.mark,
            "secret": self.secret,
            "victim": self.victim[0],
            "shm": self.victim[1],
            "outside": str(self.folder / "outside"),
            "delivery": str(self.folder / "delivery"),
            "scratch": str(self.folder / "scratch"),
        }

    def harm(self) -> set[str]:
        """What has come of it, by the name that the programs give to it."""
        now = self._state()
        changed = {name for name, value in self._before.items() if now[name] != value}
        return changed | {name for name, server in self._servers.items() if _contacted(server)}

    def _state(self) -> dict[str, Any]:
        files = {name: self.folder / name for name in ("delivery/file", "outside/free")}
        try:
            stat = Path(f"/proc/{self.victim[0]}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            stat = ["Z"] + ["0"] * 20
        return {
            "victim": stat[0] == "Z",
            "nice": stat[16],
            "delivery": (
                sorted(one.name for one in (self.folder / "delivery").iterdir()),
                files["delivery/file"].read_text(),
            ),
            "links": files["delivery/file"].stat().st_nlink,
            "written": files["outside/free"].read_text(),
            "hostname": socket.gethostname(),
            "sysctl": [Path("/proc/sys", name).read_text() for name in ("kernel/core_pattern", "vm/overcommit_memory")],
            "clock": abs(time.time() - time.monotonic() - getattr(self, "_offset", time.time() - time.monotonic()))
            > 60,
        }

    def gone(self) -> None:
        """Takes all of it away."""
        for server in self._servers.values():
            server.close()
        with suppress(OSError):
            os.killpg(self.victim[0], 9)
        as_user(self.uid, self._forgotten)
        (SHARED_MEMORY / self.mark).unlink()
        shutil.rmtree(self.folder)

    def _forgotten(self) -> None:
        LIBC.shmctl(self.victim[1], 0, None)
        for name in (self.mark, self.mark + "-left"):
            key = LIBC.syscall(KEYCTL, 10, -4, b"user", name.encode(), 0)
            LIBC.syscall(KEYCTL, 9, key, -4)


def _contacted(server: socket.socket) -> bool:
    try:
        if server.type == socket.SOCK_DGRAM:
            server.recv(10)
        else:
            server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def own_address() -> str:
    """An address of this machine beside its loopback; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.2"
        return str(one.getsockname()[0])


def as_user(uid: int, action: Callable[[], Any], *, gid: int = 0) -> Any:
    """The action's answer, from a process of that uid: a copy of this one, so that it need not find our files again.

    Its group is `gid`, else of the uid's own number.
    """
    if uid == os.geteuid():
        return action()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setresgid(*[gid or uid] * 3)
            os.setresuid(uid, uid, uid)
            with os.fdopen(writing, "wb") as handle:
                pickle.dump(action(), handle)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as handle:
        answer = handle.read()
    os.waitpid(child, 0)
    return pickle.loads(answer)  # noqa: S301 - our own bytes
