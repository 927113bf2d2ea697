"""How to give a machine what its sandbox lacks, by what can be seen of the machine.

Written from the documentation that is named in each case, and tried only where that is said.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from verifier.words import Text, say

APPARMOR = """\
sudo apt-get install apparmor-profiles
sudo install -m 0644 /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/
sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict
"""
PROFILE = """\
# /etc/apparmor.d/bwrap
abi <abi/4.0>,
include <tunables/global>

profile bwrap /usr/bin/bwrap flags=(unconfined) {
  userns,
}
"""
DOCKER = """\
docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined \\
  --security-opt systempaths=unconfined ...
podman run --security-opt seccomp=unconfined --security-opt unmask=ALL ...
"""
CONTAINERS = (".dockerenv", "run/.containerenv")
"""Files by which Docker and Podman mark what they run."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do, in a sentence or more; `block` is what to type or to write down as it stands."""

    words: Text
    block: str = ""


def for_sandbox(machine: Path = Path("/")) -> list[Advice]:
    """Why bubblewrap may not start, and what mends it: everything that fits the machine."""
    return list(_programs()) or list(_namespaces(machine)) or [Advice(say("bubblewrap needs user namespaces."))]


def _programs() -> Iterator[Advice]:
    if not shutil.which("bwrap"):
        yield Advice(say("Install bubblewrap."), "sudo apt-get install bubblewrap    # Debian, Ubuntu\n")
    if not (shutil.which("prlimit") and shutil.which("setpriv")):
        yield Advice(say("Install util-linux, which has prlimit and setpriv."))


def _namespaces(machine: Path) -> Iterator[Advice]:
    if _setting(machine, "kernel/apparmor_restrict_unprivileged_userns") == "1" and os.geteuid() != 0:
        yield Advice(
            say(
                "Ubuntu, since 24.04, lets a program make user namespaces only where an AppArmor profile of its own allows it. "
                "Load the one that Ubuntu has for bubblewrap (later versions load it by themselves):"
            ),
            APPARMOR,
        )
        yield Advice(
            say(
                "Where that profile is not to be had, write one, load it in the same way, and never both: neither would count."
            ),
            PROFILE,
        )
        yield Advice(
            say(
                "Written from Ubuntu's documentation ({address}), not proven on Ubuntu.",
                address="https://ubuntu.com/blog/ubuntu-23-10-restricted-unprivileged-user-namespaces",
            )
        )
    for name, value in (("kernel/unprivileged_userns_clone", "1"), ("user/max_user_namespaces", "10000")):
        if _setting(machine, name) == "0":
            setting = name.replace("/", ".")
            yield Advice(say("User namespaces are switched off here."), f"sudo sysctl -w {setting}={value}\n")
    if any((machine / name).exists() for name in CONTAINERS):
        yield Advice(
            say(
                "This is a container: let it make user namespaces and mount a /proc of its own. That takes away a part of the "
                "walls around it, so let it hold nothing else. Written from Docker's and Podman's documentation, not proven."
            ),
            DOCKER,
        )


def for_groups(machine: Path = Path("/")) -> list[Advice]:
    """How to be given control groups."""
    if (machine / "run/systemd/system").is_dir():
        user = "" if os.geteuid() == 0 else " --user"
        return [
            Advice(
                say(
                    "Start verifier in a group that systemd hands over. Written from systemd's documentation, not proven."
                ),
                f"systemd-run{user} --scope -p Delegate=yes verifier assess ...\n",
            )
        ]
    return [
        Advice(
            say("Run verifier where it may write to its own control group: as root, or in one that was handed over.")
        )
    ]


def _setting(machine: Path, name: str) -> str:
    try:
        return (machine / "proc/sys" / name).read_text().strip()
    except OSError:
        return ""
