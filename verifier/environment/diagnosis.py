"""Why an environment could not be built, in a sentence that says whose it is to mend and where. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.environment.interpreter import Choice
from verifier.model import Cause, Trouble, Whose
from verifier.retold import retold
from verifier.words import Text, joined, later, say

MOST_WORDS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A kind of failure by uv's words: `name` in the pattern is the package."""

    pattern: re.Pattern[str]
    message: str
    whose: Whose
    mend: str


# uv's words, of version 0.13; the first that fits is the reason. The package index is on 127.0.0.1 (inside/relay.py).
KNOWN = (
    Known(
        pattern=re.compile(
            r"pg_config|mysql_config|PostgreSQL version|fatal error: [\w/.-]+\.h|command '[\w/.-]*(?:gcc|cc|g\+\+)' failed"
        ),
        message=later(
            "The environment could not be built: {name} has to be built and this machine lacks what it is built with ({words})."
        ),
        whose=Whose.OPERATOR,
        mend=later("Install its headers or compiler on the machine that assesses, or use a version that comes built."),
    ),
    Known(
        pattern=re.compile(r"(?P<name>[\w.\[\]-]+) was not found in the package registry"),
        message=later("The environment could not be built: {name} is not on the package index."),
        whose=Whose.SUPPLIER,
        mend=later("Publish {name}, or depend on something that is public."),
    ),
    Known(
        pattern=re.compile(
            r"there (?:is|are) no versions? of (?P<name>[\w.\[\]-]+?)(?P<version>(?:==|[<>=~!]+)[\w.*,<>=!]+)?(?: \(|,| and|$)"
        ),
        message=later("The environment could not be built: {name}{version} does not exist on the package index."),
        whose=Whose.SUPPLIER,
        mend=later("Depend on a version of {name} that exists."),
    ),
    Known(
        pattern=re.compile(
            r"(?P<name>[\w.-]+)(?:==(?P<version>[\w.]+))? depends on Python ?(?P<python>[<>=!~\d.,*]*[\d*])"
        ),
        message=later(
            "The environment could not be built: {name} asks for Python {python}, which is not the one that fits the rest."
        ),
        whose=Whose.SUPPLIER,
        mend=later("Name the Python that the project is for in requires-python or .python-version."),
    ),
    Known(
        pattern=re.compile(
            r"Failed to build `?(?P<name>[\w.-]+?)(?:==(?P<version>[\w.]+))?`|Failed to build: `(?P<other>[\w.-]+)"
        ),
        message=later("The environment could not be built: {name} could not be built ({words})."),
        whose=Whose.SUPPLIER,
        mend=later("Depend on a version of {name} that comes built for this Python, or that still builds."),
    ),
    Known(
        pattern=re.compile(r"(?P<name>(?:git\+)?(?:https?|ssh)://(?!127\.0\.0\.1|localhost)[^\s`'\"),]+)"),
        message=later(
            "The environment could not be built: {name} is outside the package index, "
            "the only place that an installation can reach."
        ),
        whose=Whose.SUPPLIER,
        mend=later("Depend on a package of the index, or deliver its source."),
    ),
    Known(
        pattern=re.compile(
            r"you require (?P<name>[\w.-]+)[<>=!~].* and you require|conclude that .* incompatible|unsatisfiable"
        ),
        message=later("The environment could not be built: what the project asks for does not fit together ({words})."),
        whose=Whose.SUPPLIER,
        mend=later("Loosen or raise one of the versions until they fit."),
    ),
)


def diagnose(steps: Sequence[Mapping[str, Any]], failed: Sequence[str], manifests: Mapping[str, str]) -> Trouble:
    """The trouble of the failed steps, at the line that names the package. `manifests` maps paths to texts."""
    says = "\n".join(step["says"] for step in steps if not step["ok"])
    text = " ".join(says.replace("╰─▶", " ").replace("│", " ").split())
    for known in KNOWN:
        match = known.pattern.search(text)
        if match:
            return _told(known, match, says, manifests)
    lacks = joined(", ", map(retold, failed))
    if said := key_line(says):
        message = say("The environment could not be built: {words}", words=said)
    else:
        message = say("The environment could not be built: it lacks {parts}.", parts=lacks)
    mend = say("The report lists each step that was tried.")
    return Trouble(cause=Cause.ENVIRONMENT, message=message, mend=mend)


def _told(known: Known, match: re.Match[str], says: str, manifests: Mapping[str, str]) -> Trouble:
    groups = {key: value or "" for key, value in match.groupdict().items()}
    name = groups.get("name") or groups.get("other") or _built(says)
    words = {
        "version": "",
        "python": "",
        **groups,
        "name": name or say("a package"),
        "words": key_line(says).rstrip("."),
    }
    path, line = place(name, manifests) if name else (None, None)
    return Trouble(
        cause=Cause.ENVIRONMENT,
        message=say(known.message, **words),
        whose=known.whose,
        mend=say(known.mend, **words),
        path=path,
        line=line,
    )


def _built(says: str) -> str:
    match = re.search(r"Failed to build:? `?([\w.-]+?)(?:==[\w.]+)?`", says)
    return match[1] if match else ""


def place(name: str, manifests: Mapping[str, str]) -> tuple[str | None, int | None]:
    """The first line of a manifest that names a package, however its dashes are written."""
    parts = [re.escape(part) for part in re.split(r"[-_.]+", name.partition("[")[0])]
    pattern = re.compile(r"(?<![\w-])" + "[-_.]+".join(parts) + r"(?![\w-])", re.IGNORECASE)
    for path in sorted(manifests):
        for number, line in enumerate(manifests[path].splitlines(), 1):
            if pattern.search(line) and not line.lstrip().startswith("#"):
                return path, number
    return None, None


def no_interpreter(choice: Choice) -> Trouble:
    """That nothing on this machine is what the project requires."""
    return Trouble(
        cause=Cause.INTERPRETER,
        message=say("No interpreter fits: {refused}", refused=choice.refused),
        mend=say("Install one on the machine that assesses; `verifier doctor` lists those that are found."),
        path=choice.at.path if choice.at else None,
        line=choice.at.line if choice.at else None,
    )


def too_slow(seconds: int) -> Trouble:
    """That the installation took longer than the criteria allow."""
    return Trouble(
        cause=Cause.TIME,
        message=say("The environment could not be built within {seconds} seconds.", seconds=seconds),
        whose=Whose.BUYER,
        mend=say(
            "Allow more in the criteria under `limits: {install_time: ...}`, or ask for dependencies that come built."
        ),
    )


def over_limit(limit: Text) -> Trouble:
    """That the installation went over a limit of the sandbox."""
    message = say("The environment could not be built: it went over the sandbox's limit of {limit}.", limit=limit)
    return Trouble(cause=Cause.LIMIT, message=message, whose=Whose.SUPPLIER)


def key_line(says: str) -> str:
    """The lines of uv's answer that say what went wrong, in its words."""
    lines = [line.strip(" ×╰─▶├│·") for line in says.splitlines()]
    lines = [line for line in lines if line and not line.startswith(("hint:", "Using Python"))]
    pattern = r"because|error|failed|not found|No solution|unsatisfiable"
    telling = [line for line in lines if re.search(pattern, line, re.IGNORECASE)]
    return " ".join((telling or lines)[:3])[:MOST_WORDS]
