"""verifier doctor: what this machine can do, and how to mend what it cannot."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from verifier.cli.language import add_language, language
from verifier.words import Translate, joined, later, said, say

BUBBLEWRAP = later(
    "Install bubblewrap (Debian and Ubuntu: apt-get install bubblewrap). On Ubuntu 24.04 an AppArmor profile must "
    "allow bwrap to make user namespaces. In a container, allow user namespaces."
)
PACKAGES = {"postgresql": "postgresql", "redis": "redis-server"}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "doctor",
        help=tr("check this machine"),
        description=tr("Checks what verifier needs on this machine; exit code 3 where something is missing."),
    )
    add_language(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 when everything is there, 3 otherwise."""
    spoken = language(arguments)
    missing = 0
    for name, found, mend in _checks():
        sys.stdout.write(f"{'✓' if not mend else '✗'} {said(name, spoken):<14} {said(found, spoken)}\n")
        if mend:
            missing += 1
            sys.stdout.write(f"  {said(mend, spoken)}\n")
    return 3 if missing else 0


def _checks() -> Iterator[tuple[str, str, str]]:
    """(what, what was found, how to mend it: empty when nothing is missing)."""
    import shutil

    from verifier import interpreters, registry, sandbox
    from verifier.inside.services import SERVERS
    from verifier.render.words import vocabulary
    from verifier.rulebook import rules_dir
    from verifier.runner import tool_version

    git = shutil.which("git")
    yield "git", git or say("not found"), "" if git else say("Install git.")
    reason = sandbox.missing()
    works = say("bubblewrap works (tier: {tier})", tier=vocabulary()[sandbox.Bubblewrap.tier])
    yield say("sandbox"), reason or works, say(BUBBLEWRAP) if reason else ""
    found = ", ".join(one.version for one in interpreters.listed())
    yield say("interpreters"), found, ""
    yield say("services"), joined(", ", [say("{name}: {words}", name=n, words=_server(n)) for n in SERVERS]), ""
    rules = rules_dir()
    there = rules.is_dir()
    yield say("rules"), say("found") if there else say("not found"), "" if there else say("Install verifier again.")
    for checker in registry.installed():
        version = tool_version(checker.tool)
        needed = not version and not checker.optional
        lacking = say("Install {tool} into verifier's environment.", tool=checker.tool) if needed else ""
        tool = say("{tool} {version}", tool=checker.tool, version=version or say("not installed"))
        yield checker.name, tool, lacking


def _server(name: str) -> str:
    """Where a service's program is, for delivered tests that need it; nothing else does."""
    from verifier.inside.services import SERVERS, Failure, program

    try:
        return program(SERVERS[name])
    except Failure:
        return say("not found (Debian and Ubuntu: apt-get install {package})", package=PACKAGES[name])
