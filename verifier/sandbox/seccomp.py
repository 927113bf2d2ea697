"""The system calls that nothing in the sandbox may make: a filter in the classic BPF that `bwrap --seccomp` takes. Pure.

What is refused has reached beyond namespaces before (mounts, keys, io_uring, VSOCK) or is nothing that a test needs; the rest is
left alone, so that honest tests behave as they do elsewhere. Numbers are those of the kernel's tables, which never change. A call
newer than the filter does not exist in here: programs fall back to what came before it, as on an older kernel.

https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Mapping
from dataclasses import dataclass

LOAD, EQUAL, ABOVE, ANY_BIT, RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
"""Where they stand in what a filter sees (struct seccomp_data); arguments have 8 bytes, the lower half first."""
NEWEST = 469
"""file_setattr, of Linux 6.17. The x32 calls of an x86 kernel lie far above."""

Instruction = tuple[int, int, int, int]
"""Operation, jump where true, jump where false, value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """An architecture by its audit number, and which column of `CALLS` is its own."""

    audit: int
    column: int


MACHINES: Mapping[str, Machine] = {
    "x86_64": Machine(audit=0xC000003E, column=0),
    "aarch64": Machine(audit=0xC00000B7, column=1),
}

CALLS: Mapping[str, tuple[int | None, int | None]] = {
    # What is mounted where.
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    # Other namespaces, and files by handle instead of by path.
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_by_handle_at": (304, 265),
    # Keys: they belong to the uid, not to a namespace.
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # Other processes, their memory and files.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    # The machine itself.
    "reboot": (169, 142),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "acct": (163, 89),
    "syslog": (103, 116),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "vhangup": (153, 58),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    # The clock.
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    # Large parts of the kernel behind one call.
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "fanotify_init": (300, 262),
    "lookup_dcookie": (212, 18),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "memfd_secret": (447, 447),
    # Whose arguments decide, below.
    "clone": (56, 220),
    "clone3": (435, 435),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "ioctl": (16, 29),
    "personality": (135, 92),
}
"""Every call that the filter knows, with its number on each machine; None where there is none."""

ABSENT = frozenset({"clone3", "io_uring_setup", "io_uring_enter", "io_uring_register", "memfd_secret"})
"""What says that it does not exist rather than that it is forbidden: libraries then do the same without it."""
NEW_NAMESPACES = 0x7E020000
"""Every CLONE_NEW… flag that clone takes. clone3 has its flags in memory, where no filter can look."""
UNIX, INET, INET6, NETLINK, NETLINK_ROUTE = 1, 2, 10, 16, 0
"""The families that stay within the network namespace. VSOCK reaches the host of a virtual machine."""
PUSHED_INPUT, LINUX_CONSOLE = 0x5412, 0x541C
"""TIOCSTI and TIOCLINUX: input in another's name."""
ORDINARY, UNCHANGED = 0, 0xFFFFFFFF
"""Of personality: the one of every process, and the question which one it is."""


def program(machine: str) -> bytes:
    """The filter for a machine as `platform.machine()` names it. Raises KeyError for one that it does not know."""
    known = MACHINES[machine]
    numbers = {name: row[known.column] for name, row in CALLS.items() if row[known.column] is not None}
    code = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, known.audit),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (ABOVE, 0, 1, NEWEST),
        _refuse(errno.ENOSYS),
    ]
    for name, number in numbers.items():
        body = ARGUED.get(name) or [_refuse(errno.ENOSYS if name in ABSENT else errno.EPERM)]
        code += [(EQUAL, 0, len(body), number or 0), *body]
    code.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def _refuse(error: int) -> Instruction:
    return (RETURN, 0, 0, ERROR | error)


def _argument(number: int) -> Instruction:
    """Its lower 32 bits: all that the kernel reads of an int."""
    return (LOAD, 0, 0, ARGUMENTS + 8 * number)


_FAMILY = [
    _argument(0),
    (EQUAL, 5, 0, UNIX),
    (EQUAL, 4, 0, INET),
    (EQUAL, 3, 0, INET6),
    (EQUAL, 0, 3, NETLINK),
    _argument(2),
    (EQUAL, 0, 1, NETLINK_ROUTE),
    (RETURN, 0, 0, ALLOW),
    _refuse(errno.EAFNOSUPPORT),
]
ARGUED: Mapping[str, list[Instruction]] = {
    "clone": [_argument(0), (ANY_BIT, 1, 0, NEW_NAMESPACES), (RETURN, 0, 0, ALLOW), _refuse(errno.EPERM)],
    "socket": _FAMILY,
    "socketpair": _FAMILY,
    "ioctl": [
        _argument(1),
        (EQUAL, 2, 0, PUSHED_INPUT),
        (EQUAL, 1, 0, LINUX_CONSOLE),
        (RETURN, 0, 0, ALLOW),
        _refuse(errno.EPERM),
    ],
    "personality": [
        _argument(0),
        (EQUAL, 1, 0, ORDINARY),
        (EQUAL, 0, 1, UNCHANGED),
        (RETURN, 0, 0, ALLOW),
        _refuse(errno.EPERM),
    ],
}
