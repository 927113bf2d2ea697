"""Small programs that try to get out. Run inside the sandbox, and those that may be, outside it as the control.

    escapes.py WORLD NAME...

Standard library only. Each program returns what it got; nothing, or an OSError, is being held. WORLD is a JSON object that says
what there is outside to be had: ports, paths, a process, a secret. Every program has a process of its own, so that none can hold
up or end the next.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import mmap
import os
import platform
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

SAME_UID, ROOT = "same uid", "root"
"""As whom a program does its harm outside the sandbox, where that is safe to try; the others are not tried."""
SECONDS = 10
PROGRAMS = {}
CONTROLS = {}
HARMS = {}
LIBC = ctypes.CDLL(None, use_errno=True)
NUMBERS = {
    "x86_64": {
        "mount": 165,
        "umount2": 166,
        "pivot_root": 155,
        "clone": 56,
        "clone3": 435,
        "setns": 308,
        "unshare": 272,
        "fsopen": 430,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "ptrace": 101,
        "process_vm_readv": 310,
        "pidfd_open": 434,
        "pidfd_send_signal": 424,
        "reboot": 169,
        "swapon": 167,
        "kexec_load": 246,
        "init_module": 175,
        "bpf": 321,
        "perf_event_open": 298,
        "userfaultfd": 323,
        "io_uring_setup": 425,
        "fanotify_init": 300,
        "memfd_secret": 447,
        "syslog": 103,
        "acct": 163,
        "adjtimex": 159,
        "clock_adjtime": 305,
        "settimeofday": 164,
        "name_to_handle_at": 303,
        "open_by_handle_at": 304,
        "capset": 126,
    },
    "aarch64": {
        "mount": 40,
        "umount2": 39,
        "pivot_root": 41,
        "clone": 220,
        "clone3": 435,
        "setns": 268,
        "unshare": 97,
        "fsopen": 430,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "ptrace": 117,
        "process_vm_readv": 270,
        "pidfd_open": 434,
        "pidfd_send_signal": 424,
        "reboot": 142,
        "swapon": 224,
        "kexec_load": 104,
        "init_module": 105,
        "bpf": 280,
        "perf_event_open": 241,
        "userfaultfd": 282,
        "io_uring_setup": 425,
        "fanotify_init": 262,
        "memfd_secret": 447,
        "syslog": 116,
        "acct": 89,
        "adjtimex": 171,
        "clock_adjtime": 266,
        "settimeofday": 170,
        "name_to_handle_at": 264,
        "open_by_handle_at": 265,
        "capset": 91,
    },
}[platform.machine()]
NEWNS, NEWUSER = 0x00020000, 0x10000000


def escape(control=None, harm=None):
    """Registers a program: as whom it may be tried outside, and what of the world its success changes."""

    def register(function):
        name = function.__name__.replace("_", "-")
        PROGRAMS[name] = function
        if control:
            CONTROLS[name] = control
        if harm:
            HARMS[name] = harm
        return function

    return register


def call(name, *arguments):
    """A system call by name; a refusal is an OSError. Numbers fill their whole register."""
    got = LIBC.syscall(NUMBERS[name], *(ctypes.c_long(one) if isinstance(one, int) else one for one in arguments))
    if got == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return got


# --- the network, by every family


@escape(SAME_UID, "tcp4")
def tcp_to_the_machines_loopback(world):
    return connected(socket.AF_INET, ("127.0.0.1", world["tcp4"]))


@escape(SAME_UID, "tcp6")
def tcp6_to_the_machines_loopback(world):
    return connected(socket.AF_INET6, ("::1", world["tcp6"]))


@escape(SAME_UID, "udp4")
def udp_to_the_machines_loopback(world):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect(("127.0.0.1", world["udp4"]))
        one.send(b"out")
        time.sleep(0.1)
        return one.send(b"out")  # a second one finds out that nobody took the first


@escape(SAME_UID, "tcp-any")
def tcp_to_an_address_of_the_machine(world):
    return connected(socket.AF_INET, (world["address"], world["tcp-any"]))


@escape()
def datagram_to_the_internet(world):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        return one.sendto(b"out", ("192.0.2.1", 53))


@escape(SAME_UID, "abstract")
def abstract_unix_socket(world):
    return connected(socket.AF_UNIX, "\0" + world["abstract"])


@escape(SAME_UID, "unix")
def unix_socket_by_path(world):
    return connected(socket.AF_UNIX, world["unix"])


def connected(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.settimeout(2)
        one.connect(address)
        one.sendall(b"out")
        return str(address)


@escape(SAME_UID)
def socket_of_every_other_family(world):
    """UNIX, INET, INET6 and NETLINK belong to the namespace; VSOCK, ALG, PACKET, BLUETOOTH and the rest are not to be had."""
    opened = []
    for family in set(range(46)) - {0, 1, 2, 10, 16}:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
            try:
                socket.socket(family, kind).close()
            except OSError:
                continue
            opened.append(family)
    return sorted(set(opened))


@escape(SAME_UID)
def vsock_to_the_host_of_the_virtual_machine(world):
    with socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM):
        return "opened"


@escape(SAME_UID)
def netlink_beyond_routes(world):
    opened = []
    for protocol in range(1, 23):
        try:
            socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol).close()
        except OSError:
            continue
        opened.append(protocol)
    return opened


@escape()
def netlink_makes_an_interface(world):
    """RTM_NEWLINK of kind dummy."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as one:
        kind = struct.pack("=HH", 9, 1) + b"dummy\0\0\0"
        info = struct.pack("=HH", 4 + len(kind), 18) + kind
        body = struct.pack("=BBHiII", 0, 0, 0, 0, 0, 0) + info
        one.send(struct.pack("=IHHII", 16 + len(body), 16, 0x605, 1, 0) + body)
        error = struct.unpack_from("=i", one.recv(4096), 16)[0]
        return "made" if error == 0 else None


@escape(ROOT)
def packet_socket(world):
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    return "opened"


@escape(ROOT)
def raw_icmp_socket(world):
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
    return "opened"


@escape(SAME_UID)
def io_uring_past_the_filter(world):
    return "opened %d" % call("io_uring_setup", 1, ctypes.create_string_buffer(120))


# --- the environment and other processes


@escape(SAME_UID)
def environment_of_our_own(world):
    return [name for name, value in os.environ.items() if world["secret"] in value]


@escape(SAME_UID)
def environment_of_other_processes(world):
    return found_in_proc("environ", world["secret"])


@escape(SAME_UID)
def command_lines_of_other_processes(world):
    return found_in_proc("cmdline", world["mark"])


def found_in_proc(name, word):
    """In which processes, beside those that were told the word."""
    found = []
    told = {1, os.getpid(), os.getppid()}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if int(pid) not in told and word.encode() in Path("/proc", pid, name).read_bytes():
                found.append(pid)
        except OSError:
            continue
    return found


@escape()
def root_of_another_process(world):
    """/proc/PID/root, cwd and fd lead out where the process sees more than we do."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for way in ("root", "cwd/../../../../../.."):
            try:
                found.append(Path("/proc", pid, way + world["outside"] + "/secret").read_text())
            except OSError:
                continue
    return found


@escape()
def descriptors_left_open(world):
    """Beyond the three that every process has, and the folder that is being listed."""
    listed = {int(name) for name in os.listdir("/proc/self/fd")}
    return [
        os.readlink("/proc/self/fd/%d" % one) for one in listed - {0, 1, 2} if os.path.exists("/proc/self/fd/%d" % one)
    ]


@escape(SAME_UID, "victim")
def kill_a_process(world):
    os.kill(world["victim"], signal.SIGKILL)


@escape(harm="victim")
def kill_everything(world):
    """Never outside."""
    os.kill(-1, signal.SIGTERM)


@escape(SAME_UID)
def signal_by_pidfd(world):
    descriptor = call("pidfd_open", world["victim"], 0)
    call("pidfd_send_signal", descriptor, 0, None, 0)
    return "sent"


@escape(SAME_UID, "nice")
def slow_a_process_down(world):
    os.setpriority(os.PRIO_PROCESS, world["victim"], 19)
    return os.getpriority(os.PRIO_PROCESS, world["victim"])


@escape(harm="nice")
def slow_every_process_of_the_uid_down(world):
    """Never outside."""
    os.setpriority(os.PRIO_USER, 0, 19)


@escape(ROOT)
def go_before_every_process(world):
    """As a real-time process, which none of the others may interrupt."""
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    return "real time"


@escape(ROOT)
def be_served_first(world):
    os.setpriority(os.PRIO_PROCESS, 0, -5)
    return "before the others"


@escape(SAME_UID)
def limit_a_process(world):
    resource.prlimit(world["victim"], resource.RLIMIT_CORE, (0, 0))
    return "limited"


@escape(SAME_UID)
def trace_a_child(world):
    """Who may trace its siblings may write their results."""
    with subprocess.Popen(["sleep", "5"]) as child:
        try:
            call("ptrace", 16, child.pid, None, None)
            os.waitpid(child.pid, 0)
            return "traced"
        finally:
            child.kill()


@escape(SAME_UID)
def read_a_childs_memory(world):
    with subprocess.Popen(["sleep", "5"]) as child:
        try:
            time.sleep(0.1)
            start = int(Path("/proc/%d/maps" % child.pid).read_text().split("-")[0], 16)
            room = ctypes.create_string_buffer(8)
            here = struct.pack("@PN", ctypes.addressof(room), 8)
            there = struct.pack("@PN", start, 8)
            return call("process_vm_readv", child.pid, here, 1, there, 1, 0)
        finally:
            child.kill()


# --- files


@escape(SAME_UID)
def read_a_file_outside(world):
    return Path(world["outside"], "secret").read_text()


@escape(SAME_UID, "written")
def write_a_file_outside(world):
    Path(world["outside"], "free").write_text("out")


@escape(harm="delivery")
def write_the_delivery(world):
    Path(world["delivery"], "file").write_text("out")


@escape(harm="delivery")
def make_a_file_in_the_delivery(world):
    Path(world["delivery"], "made").write_text("out")


@escape(harm="delivery")
def remount_the_delivery_to_write_it(world):
    call("mount", b"none", world["delivery"].encode(), None, 0x20 | 0x1000, None)  # MS_REMOUNT | MS_BIND
    Path(world["delivery"], "file").write_text("out")


@escape()
def take_a_mount_away(world):
    call("umount2", world["delivery"].encode(), 2)
    return "taken away"


@escape()
def mount_something_new(world):
    call("mount", b"none", b"/tmp", b"tmpfs", 0, None)
    return "mounted"


@escape()
def mount_by_the_newer_calls(world):
    return "opened %d" % call("fsopen", b"tmpfs", 0)


@escape()
def another_root(world):
    call("pivot_root", b"/tmp", b"/tmp")
    return "changed"


@escape(SAME_UID)
def user_namespace_by_unshare(world):
    call("unshare", NEWUSER | NEWNS)
    return "made"


@escape(SAME_UID)
def user_namespace_by_clone(world):
    child = call("clone", NEWUSER | signal.SIGCHLD, None, None, None, None)
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "made"


@escape(SAME_UID)
def user_namespace_by_clone3(world):
    arguments = struct.pack("=8Q", NEWUSER, 0, 0, 0, signal.SIGCHLD, 0, 0, 0)
    child = call("clone3", arguments, len(arguments))
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "made"


@escape()
def enter_a_namespace(world):
    descriptor = os.open("/proc/1/ns/mnt", os.O_RDONLY)
    call("setns", descriptor, 0)
    return "entered"


@escape(ROOT)
def make_a_device(world):
    """The null device: harmless, and made like any other."""
    place = Path(world["scratch"], "null")
    os.mknod(place, 0o20666, os.makedev(1, 3))
    with place.open("w") as device:
        return device.write("x")


@escape()
def find_a_disk(world):
    return [str(one) for one in Path("/dev").rglob("*") if one.is_block_device()]


@escape()
def symbolic_link_out(world):
    link = Path(world["scratch"], "link")
    link.symlink_to(world["outside"] + "/secret")
    return link.read_text()


@escape(harm="links")
def hard_link_out(world):
    os.link(world["delivery"] + "/file", world["scratch"] + "/hard")


@escape(ROOT)
def open_by_handle(world):
    """A file by its number on the disk, past every path."""
    handle = bytearray(struct.pack("=Ii", 128, 0) + bytes(128))
    where = world["outside"] if os.path.exists(world["outside"]) else world["delivery"]
    mount = ctypes.c_int()
    raw = (ctypes.c_char * len(handle)).from_buffer(handle)
    call("name_to_handle_at", -100, where.encode(), raw, ctypes.byref(mount), 0)
    folder = os.open(where, os.O_RDONLY)
    return "opened %d" % call("open_by_handle_at", folder, raw, os.O_RDONLY)


@escape()
def fill_what_is_not_counted(world):
    """Folders that lie in memory without a size: whatever can be written there takes the machine's."""
    return [place for place in ("/", "/dev", "/etc", "/proc", "/usr", "/run", "/var") if writable(place)]


def writable(place):
    try:
        Path(place, "made-by-an-escape").write_text("out")
    except OSError:
        return False
    return True


@escape(harm="sysctl")
def change_the_kernels_settings(world):
    return [
        name
        for name, value in (("kernel/core_pattern", "out"), ("kernel/hostname", "out"), ("vm/overcommit_memory", "1"))
        if written(Path("/proc/sys", name), value)
    ] + [name for name in ("/proc/sysrq-trigger", "/proc/self/oom_score_adj") if written(Path(name), "-999")]


def written(path, value):
    try:
        path.write_text(value)
    except OSError:
        return False
    return True


@escape()
def control_groups(world):
    """To leave one's own, or to see those of others."""
    mounted = [line for line in Path("/proc/mounts").read_text().splitlines() if " cgroup" in line]
    return mounted + [str(one) for one in (Path("/sys/fs/cgroup"), Path("/sys")) if one.exists()]


# --- more privilege


@escape(ROOT)
def become_root(world):
    os.setresuid(0, 0, 0)
    return "root"


@escape(ROOT)
def join_a_group(world):
    os.setgroups([0, 42])
    return "joined"


@escape(SAME_UID)
def program_that_runs_as_root(world):
    """A copy of `id` that belongs to root and has the set-user-id bit."""
    uid = (
        subprocess.run([world["delivery"] + "/setuid-id", "-u"], capture_output=True, check=True)
        .stdout.decode()
        .strip()
    )
    return "root" if uid == "0" else None


@escape()
def raise_capabilities(world):
    header, everything = struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", *([0xFFFFFFFF] * 6))
    call("capset", header, everything)
    return "raised"


# --- keys


@escape(SAME_UID)
def read_a_key_of_the_uid(world):
    key = call("keyctl", 10, -4, b"user", world["mark"].encode(), 0)  # KEYCTL_SEARCH in the user's keyring
    room = ctypes.create_string_buffer(100)
    return room.raw[: call("keyctl", 11, key, room, 100)].decode()


@escape(SAME_UID)
def leave_a_key_behind(world):
    name = world["mark"] + "-left"
    return "key %d" % call("add_key", b"user", name.encode(), b"out", 3, -4)


@escape()
def ask_for_a_key(world):
    return "key %d" % call("request_key", b"user", world["mark"].encode(), None, -4)


# --- the clock


@escape(harm="clock")
def set_the_clock(world):
    time.clock_settime(time.CLOCK_REALTIME, time.time() + 86400)


@escape(harm="clock")
def set_the_clock_the_old_way(world):
    call("settimeofday", struct.pack("@ll", int(time.time()) + 86400, 0), None)


@escape(harm="clock")
def bend_the_clock(world):
    """adjtimex and clock_adjtime with ADJ_FREQUENCY."""
    for name, before in (("adjtimex", ()), ("clock_adjtime", (0,))):
        call(name, *before, struct.pack("@I4xql", 2, 0, 1) + bytes(400))


# --- the machine


@escape()
def doors_of_the_kernel(world):
    """Each with arguments that do no harm where it is open: an open one answers with another error."""
    doors = {
        "reboot": (0, 0, 0, 0),
        "swapon": (b"/nothing", 0),
        "kexec_load": (0, 0, None, 0),
        "init_module": (None, 0, b""),
        "acct": (b"/nothing",),
        "syslog": (10, None, 0),
    }
    return [name for name, arguments in doors.items() if answered(name, arguments)]


@escape(SAME_UID)
def large_doors_of_the_kernel(world):
    attributes = ctypes.create_string_buffer(
        struct.pack("=IIQ", 1, 112, 0) + bytes(24) + struct.pack("=Q", 1 << 5) + bytes(64)
    )
    doors = {
        "perf_event_open": (attributes, 0, -1, -1, 0),
        "userfaultfd": (1,),
        "bpf": (0, ctypes.create_string_buffer(struct.pack("=4I", 2, 4, 4, 1) + bytes(112)), 128),
        "fanotify_init": (0x200, 0),
        "memfd_secret": (0,),
    }
    return [name for name, arguments in doors.items() if opened(name, arguments)]


def answered(name, arguments):
    try:
        call(name, *arguments)
    except OSError as error:
        return error.errno not in (1, 38)  # EPERM, ENOSYS
    return True


def opened(name, arguments):
    try:
        call(name, *arguments)
    except OSError:
        return False
    return True


@escape(harm="hostname")
def rename_the_machine(world):
    socket.sethostname("out")


@escape()
def type_into_a_terminal(world):
    """TIOCSTI, on a terminal of our own: on that of whoever started us it would be a command."""
    _, other = os.openpty()
    os.setsid()
    fcntl.ioctl(other, 0x540E, 0)  # TIOCSCTTY
    fcntl.ioctl(other, 0x5412, b"x")
    return "typed"


@escape(SAME_UID)
def call_as_a_32_bit_program(world):
    """int 0x80 on a 64-bit kernel: other numbers for the same calls. getpid does no harm."""
    if platform.machine() != "x86_64":
        return None
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20; int 0x80; ret
    pid = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
    return "getpid: %d" % pid if pid == os.getpid() else None


@escape()
def call_what_is_newer_than_the_filter(world):
    """And the x32 numbers of an x86 kernel, of which getpid is one."""
    answers = []
    for number in (470, 600, 0x40000000 + 39):
        LIBC.syscall(number, -1, -1, -1)
        answers.append(ctypes.get_errno() != 38)
    return answers if any(answers) else None


# --- what lies in memory


@escape(SAME_UID)
def shared_memory_by_name(world):
    return Path("/dev/shm", world["mark"]).read_text()


@escape(SAME_UID)
def shared_memory_by_number(world):
    LIBC.shmat.restype = ctypes.c_void_p
    place = LIBC.shmat(world["shm"], None, 0o10000)
    if place == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "shmat")
    return ctypes.string_at(place, 6).decode()


def told(name, world):
    """What came of one program, as a line of JSON: it got something, it was refused, or it was ended by a signal."""
    try:
        return {"name": name, "got": PROGRAMS[name](world) or None}
    except (OSError, subprocess.SubprocessError) as error:
        return {"name": name, "got": None, "refused": "%s: %s" % (type(error).__name__, error)}


def main(words):
    """Each program in a process of its own; one of them sends a signal to all."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    world = json.loads(words[0])
    for name in words[1:]:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            signal.alarm(SECONDS)
            print(json.dumps(told(name, world)), flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            print(json.dumps({"name": name, "got": None, "refused": "signal %d" % os.WTERMSIG(status)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
