"""The delivery's own Python environment: its dependencies and its project, installed by uv inside the sandbox.

Static checkers that need types (pylint) and the tests read it; it never meets verifier's own environment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, ClassVar

from verifier.checker import INSIDE, WORK, Command, Settings, ToolOutput
from verifier.model import Cause, Checkout, Measure, Observations, Trouble

# Backends that take the version from tags, told the version instead: there is no .git in the sandbox.
# Sources: the manuals of setuptools-scm, pdm-backend, poetry-dynamic-versioning, pbr.
VERSION_NAMES = (
    "SETUPTOOLS_SCM_PRETEND_VERSION",
    "PDM_BUILD_SCM_VERSION",
    "POETRY_DYNAMIC_VERSIONING_BYPASS",
    "PBR_VERSION",
)
UV = {
    "UV_NO_CONFIG": "1",
    "UV_NO_SOURCES": "1",
    "UV_PYTHON_DOWNLOADS": "never",
    "UV_CACHE_DIR": "/env/cache",
    "UV_LINK_MODE": "hardlink",
    "UV_COMPILE_BYTECODE": "1",  # later steps read the environment and cannot write to it
    "UV_NO_PROGRESS": "1",
}


def pretend_version(described: str | None) -> str | None:
    """`git describe` as a PEP 440 version: v1.2-3-gabc1234 is 1.2.post3."""
    match = re.match(r"^[^\d]*(\d+(?:\.\d+)*(?:(?:a|b|rc|\.post|\.dev)\d+)?)(?:-(\d+)-g[0-9a-f]+)?$", described or "")
    if match is None:
        return None
    return match[1] + (f".post{match[2]}" if match[2] else "")


class Environment:
    """Builds the environment; the pipeline runs it before every checker that wants one."""

    name: ClassVar[str] = "environment"
    topic: ClassVar[str] = "environment"
    tool: ClassVar[str] = "uv"
    languages: ClassVar[frozenset[str]] = frozenset()
    environment: ClassVar[bool] = False
    optional: ClassVar[bool] = False

    def steps(self, checkout: Checkout, settings: Settings) -> Sequence[Command]:
        version = pretend_version(checkout.version)
        env = UV | (dict.fromkeys(VERSION_NAMES, version) if version else {})
        script = ("python", "-I", f"{INSIDE}/build_environment.py", "uv")
        return [
            Command(
                argv=script,
                name="build",
                cwd=WORK,
                env=env,
                produces=("environment.json",),
                keep_output=False,
                delivered_code=True,
                index=True,
                seconds=settings.install_seconds,
            )
        ]

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        del checkout
        report = json.loads(outputs[0].files["environment.json"])
        installed = report["installed"]
        measures = (
            Measure(name="environment.packages", value=len(installed)),
            Measure(name="environment.python", value=report["version"] or "NONE", unit="text"),
        )
        return Observations(measures=measures, notes=tuple(_notes(report)), trouble=_trouble(report))


def _notes(report: dict[str, Any]) -> list[str]:
    steps = [f"{'ok' if step['ok'] else 'failed'}: {' '.join(step['argv'])}" for step in report["steps"]]
    return [*steps, "installed: " + ", ".join(f"{name}=={version}" for name, version in report["installed"])]


def _trouble(report: dict[str, Any]) -> Trouble | None:
    if not report["failed"]:
        return None
    if "interpreter" in report["failed"]:
        message = f"No interpreter on this machine satisfies the project's requires-python {report['requires_python']}."
        mend = "Install such an interpreter on the machine that runs the assessment."
        return Trouble(cause=Cause.INTERPRETER, message=message, mend=mend)
    said = [key_line(step["says"]) for step in report["steps"] if not step["ok"]]
    message = f"Could not be installed: {', '.join(report['failed'])}. {said[-1] if said else ''}".strip()
    mend = "See the environment's steps in the report; each is one command."
    return Trouble(cause=Cause.ENVIRONMENT, message=message, mend=mend)


def key_line(says: str) -> str:
    """The line of uv's answer that says what went wrong, in its words."""
    lines = [line.strip(" ×╰─▶├│·") for line in says.splitlines()]
    telling = [
        line
        for line in lines
        if re.search(r"because|error|failed|not found|No solution|unsatisfiable", line, re.IGNORECASE)
    ]
    chosen = " ".join((telling or [line for line in lines if line])[:3])
    return chosen[:500]
