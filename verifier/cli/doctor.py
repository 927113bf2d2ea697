"""verifier doctor: what this machine can do, and how to mend what it cannot."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verifier.cli.language import add_language, language
from verifier.words import Translate, joined, said, say

if TYPE_CHECKING:
    from verifier.sandbox import Promise
    from verifier.sandbox.mend import Advice

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
    for line in _checks():
        missing += line.needed and not line.fit
        sys.stdout.write("".join(f"{words}\n" for words in line.said(spoken)))
    return 3 if missing else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was found of one thing, whether it is as it should be, how to mend it where not, and what it is made of."""

    name: str
    found: str
    fit: bool = True
    needed: bool = True
    mends: list[Advice] = field(default_factory=list)
    parts: tuple[Line, ...] = ()

    def said(self, spoken: str) -> Iterator[str]:
        shape = "✓" if self.fit else "✗" if self.needed else "–"
        name = said(self.name, spoken)
        yield f"{shape} {name:<14} {said(self.found, spoken)}" if name else f"  {shape} {said(self.found, spoken)}"
        for part in self.parts:
            yield from part.said(spoken)
        for mend in () if self.fit else self.mends:
            indent = "  " if name else "    "
            yield indent + said(mend.words, spoken)
            yield from (f"{indent}    {words}" for words in mend.block.splitlines())


def _checks() -> Iterator[Line]:
    import shutil

    from verifier import interpreters, registry
    from verifier.inside.services import SERVERS
    from verifier.rulebook import rules_dir
    from verifier.runner import tool_version
    from verifier.sandbox.mend import Advice

    git = shutil.which("git")
    yield Line(name="git", found=git or say("not found"), fit=bool(git), mends=[Advice(say("Install git."))])
    yield _sandbox()
    found = ", ".join(one.version for one in interpreters.listed())
    yield Line(name=say("interpreters"), found=found)
    servers = joined(", ", [say("{name}: {words}", name=n, words=_server(n)) for n in SERVERS])
    yield Line(name=say("services"), found=servers)
    there = rules_dir().is_dir()
    again = [Advice(say("Install verifier again."))]
    yield Line(name=say("rules"), found=say("found") if there else say("not found"), fit=there, mends=again)
    for checker in registry.installed():
        version = tool_version(checker.tool)
        tool = say("{tool} {version}", tool=checker.tool, version=version or say("not installed"))
        lacking = [Advice(say("Install {tool} into verifier's environment.", tool=checker.tool))]
        yield Line(name=checker.name, found=tool, fit=bool(version) or checker.optional, mends=lacking)


def _sandbox() -> Line:
    """What was tried, promise by promise."""
    from verifier import sandbox
    from verifier.render.words import vocabulary
    from verifier.sandbox.mend import for_sandbox

    standing = sandbox.probed()
    parts = [_promise(promise) for promise in standing.promises]
    works = say("bubblewrap works (tier: {tier})", tier=vocabulary()[standing.tier])
    return Line(
        name=say("sandbox"),
        found=standing.reason or works,
        fit=not standing.reason,
        mends=[] if standing.promises else for_sandbox(),
        parts=tuple(parts),
    )


def _promise(promise: Promise) -> Line:
    """A broken one with what broke it."""
    from verifier.sandbox.mend import for_groups
    from verifier.sandbox.promises import GROUPS

    if not promise.broken:
        return Line(name="", found=promise.words)
    against = say("{promise} ({what})", promise=promise.words, what=", ".join(promise.broken))
    stronger = promise.name == GROUPS
    return Line(name="", found=against, fit=False, needed=not stronger, mends=for_groups() if stronger else [])


def _server(name: str) -> str:
    """Where a service's program is, for delivered tests that need it; nothing else does."""
    from verifier.inside.services import SERVERS, Failure, program

    try:
        return program(SERVERS[name])
    except Failure:
        return say("not found (Debian and Ubuntu: apt-get install {package})", package=PACKAGES[name])
