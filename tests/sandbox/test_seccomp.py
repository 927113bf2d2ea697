"""The filter of system calls, read as the kernel reads it: on both machines, one of which this is not."""

from __future__ import annotations

import ctypes
import errno
import struct

import pytest

from verifier.sandbox import seccomp

pytestmark = pytest.mark.self
MACHINES = tuple(seccomp.MACHINES)
NEWNET = 0x40000000


def answer(machine: str, name: str, *arguments: int, audit: int = 0) -> int:
    """What the filter says to a call: 0 is leave, otherwise the error."""
    number = seccomp.CALLS[name][seccomp.MACHINES[machine].column]
    assert number is not None
    return of_number(machine, number, *arguments, audit=audit)


def of_number(machine: str, number: int, *arguments: int, audit: int = 0) -> int:
    padded = (*arguments, *[0] * (6 - len(arguments)))
    seen = struct.pack("<IIQ6Q", number, audit or seccomp.MACHINES[machine].audit, 0, *padded)
    code = list(struct.iter_unpack("=HBBI", seccomp.program(machine)))
    place = value = 0
    while True:
        operation, true, false, wanted = code[place]
        place += 1
        match operation:
            case seccomp.LOAD:
                value = struct.unpack_from("<I", seen, wanted)[0]
            case seccomp.EQUAL:
                place += true if value == wanted else false
            case seccomp.ABOVE:
                place += true if value > wanted else false
            case seccomp.ANY_BIT:
                place += true if value & wanted else false
            case seccomp.RETURN:
                return {seccomp.ALLOW: 0, seccomp.KILL: -1}.get(wanted, wanted & 0xFFFF)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_numbers_are_the_kernels(machine):
    """libseccomp has tables of its own; it does not know the newest calls."""
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError as error:
        pytest.skip(str(error))
    known = seccomp.MACHINES[machine]
    for name, row in seccomp.CALLS.items():
        number = library.seccomp_syscall_resolve_name_arch(known.audit, name.encode())
        assert number in (row[known.column], -1) or (number < 0 and row[known.column] is None), name


@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_refused_is_refused_and_what_is_absent_is_absent(machine):
    for name in seccomp.CALLS.keys() - seccomp.ARGUED.keys() - seccomp.ABSENT - {"iopl", "ioperm", "modify_ldt"}:
        assert answer(machine, name) == errno.EPERM, name
    for name in seccomp.ABSENT:
        assert answer(machine, name) == errno.ENOSYS, name


@pytest.mark.parametrize("machine", MACHINES)
def test_only_the_families_of_the_network_namespace_are_left(machine):
    for family in range(50):
        left = family in (1, 2, 10, 16)
        assert answer(machine, "socket", family) == (0 if left else errno.EAFNOSUPPORT), family
        assert answer(machine, "socketpair", family) == (0 if left else errno.EAFNOSUPPORT), family
    assert [protocol for protocol in range(30) if not answer(machine, "socket", 16, 3, protocol)] == [0]


@pytest.mark.parametrize("machine", MACHINES)
def test_arguments_decide_by_their_lower_half_alone(machine):
    """The kernel reads an int; a value above it must not slip past (CVE-2019-10063)."""
    high = 1 << 32
    assert answer(machine, "clone", 0x01200011) == 0
    assert answer(machine, "clone", 0x01200011 | NEWNET) == errno.EPERM
    for refused in (0x5412, 0x541C):
        assert answer(machine, "ioctl", 0, refused) == answer(machine, "ioctl", 0, refused | high) == errno.EPERM
    assert answer(machine, "ioctl", 0, 0x5413) == 0
    assert [answer(machine, "personality", one) for one in (0, 0xFFFFFFFF, 0x40000)] == [0, 0, errno.EPERM]
    assert answer(machine, "socket", 40 | high) == errno.EAFNOSUPPORT


@pytest.mark.parametrize("machine", MACHINES)
def test_another_architecture_is_ended_and_a_newer_call_does_not_exist(machine):
    assert of_number(machine, 0, audit=0x40000003) == -1
    assert of_number(machine, seccomp.NEWEST) == 0
    assert of_number(machine, seccomp.NEWEST + 1) == errno.ENOSYS
    assert of_number(machine, 0x40000000 + 39) == errno.ENOSYS


def test_a_machine_without_a_filter_is_an_error():
    with pytest.raises(KeyError):
        seccomp.program("riscv64")
