"""verifier doctor: what this machine can do, and how to mend what it cannot."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

BUBBLEWRAP = (
    "Install bubblewrap (Debian and Ubuntu: apt-get install bubblewrap). On Ubuntu 24.04 an AppArmor profile must "
    "allow bwrap to make user namespaces. In a container, allow user namespaces."
)
PACKAGES = {"postgresql": "postgresql", "redis": "redis-server"}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "doctor",
        help="check this machine",
        description="Checks what verifier needs on this machine; exit code 3 where something is missing.",
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 when everything is there, 3 otherwise."""
    del arguments
    missing = 0
    for name, found, mend in _checks():
        sys.stdout.write(f"{'✓' if not mend else '✗'} {name:<14} {found}\n")
        if mend:
            missing += 1
            sys.stdout.write(f"  {mend}\n")
    return 3 if missing else 0


def _checks() -> Iterator[tuple[str, str, str]]:
    """(what, what was found, how to mend it: empty when nothing is missing)."""
    import shutil

    from verifier import interpreters, registry, sandbox
    from verifier.inside.services import SERVERS
    from verifier.rulebook import rules_dir
    from verifier.runner import tool_version

    git = shutil.which("git")
    yield "git", git or "not found", "" if git else "Install git."
    reason = sandbox.missing()
    yield "sandbox", reason or f"bubblewrap works (tier: {sandbox.Bubblewrap.tier})", BUBBLEWRAP if reason else ""
    found = ", ".join(one.version for one in interpreters.listed())
    yield "interpreters", found, ""
    yield "services", ", ".join(f"{name}: {_server(name)}" for name in SERVERS), ""
    rules = rules_dir()
    yield "rules", "found" if rules.is_dir() else "not found", "" if rules.is_dir() else "Install verifier again."
    for checker in registry.installed():
        version = tool_version(checker.tool)
        lacking = "" if version or checker.optional else f"Install {checker.tool} into verifier's environment."
        yield checker.name, f"{checker.tool} {version or 'not installed'}", lacking


def _server(name: str) -> str:
    """Where a service's program is, for delivered tests that need it; nothing else does."""
    from verifier.inside.services import SERVERS, Failure, program

    try:
        return program(SERVERS[name])
    except Failure:
        return f"not found (Debian and Ubuntu: apt-get install {PACKAGES[name]})"
