"""semgrep's engine, the buyer's own rules, files and languages of our choosing (verifier/inside/run_semgrep.py)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from verifier.checker import APART, INSIDE, RULES, Command, Settings, ToolOutput
from verifier.model import Checkout, File, Finding, NotExamined, Observations, Skip
from verifier.scope import LINK
from verifier.words import Text, french_spacing, say

SEVERITY = {"ERROR": "error", "WARNING": "warning", "INFO": "note"}
LANGUAGES = frozenset({"python", "javascript", "typescript", "bash"})
"""Those that `rules/semgrep` has rules for; semgrep's analyzers bear the same names."""
# Settings with command lines in them, which the machine of whoever builds, installs, tests or opens the project runs.
_COMMANDS = re.compile(
    r"(?:.*/)?(?:(?:GNU)?[Mm]akefile|.+\.mk|[Jj]ustfile|(?:Docker|Container)file.*|.+\.(?:Docker|Container)file|Jenkinsfile.*|Vagrantfile|Procfile|"
    r"crontab|.+\.cron|.+\.(?:service|timer|ya?ml)|package\.json|composer\.json|tox\.ini|setup\.cfg|pyproject\.toml|Pipfile)"
    r"|(?:.*/)?\.(?:vscode|devcontainer)/.+\.json|\.devcontainer\.json|(?:.*/)?\.husky/.+|(?:.*/)?etc/cron[^/]*/.+"
)
BASE_SECONDS = 600
COMMANDS = "bash"
"""As what such files are searched: the rules for shell scripts look at lines, so that they need no parse."""
GAVE_UP = "Fixpoint timeout"
HELP = "https://cwe.mitre.org/data/definitions/{}.html"


class Semgrep:
    """One run. `# nosemgrep`, `.semgrepignore`, `.gitignore`, names and sizes take no file and no finding away."""

    name: ClassVar[str] = "semgrep"
    topic: ClassVar[str] = "security"
    tool: ClassVar[str] = "semgrep"
    languages: ClassVar[frozenset[str]] = LANGUAGES
    environment: ClassVar[bool] = False
    optional: ClassVar[bool] = False

    def steps(self, checkout: Checkout, settings: Settings) -> Sequence[Command]:
        """None where there is no code that it reads. The script exits with 0 whatever was found."""
        del settings
        targets = [
            [f.path, f.language] for f in checkout.files if _is_code(f) and _nameable(f) and f.parsed is not False
        ]
        targets += [[f.path, COMMANDS] for f in checkout.files if _has_commands(f) and _nameable(f)]
        if not targets:
            return []
        return [
            Command(
                argv=("python", "-I", f"{INSIDE}/run_semgrep.py", f"{RULES}/semgrep", *APART),
                stdin=json.dumps(targets).encode("ascii"),
                seconds=BASE_SECONDS + len(targets),
                repeatable=True,
                apart=True,
            )
        ]

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        """Raises ValueError where the engine has trouble with a rule: then no file was looked at in full."""
        said = json.loads(outputs[0].stdout) if outputs else {"results": [], "scanned": [], "errors": []}
        failed = _failed(said["errors"])
        settings = {file.path for file in checkout.files if _has_commands(file)}
        code = set(said["scanned"]) - failed.keys() - settings
        return Observations(
            findings=tuple(_finding(result) for result in said["results"]),
            examined=frozenset(code),
            not_examined=tuple(
                NotExamined(path=file.path, skip=_skip(file), reason=_reason(file, failed))
                for file in checkout.files
                if _is_code(file) and file.path not in code
            ),
        )


def _is_code(file: File) -> bool:
    return file.mode != LINK and file.language in LANGUAGES


def _has_commands(file: File) -> bool:
    """Whether it is a file of settings, in a language of its own, in which commands stand that are run."""
    return file.mode != LINK and file.language not in LANGUAGES and bool(_COMMANDS.fullmatch(file.path))


def _nameable(file: File) -> bool:
    """Whether semgrep can be told the file's name: it takes UTF-8 only."""
    try:
        file.path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _failed(errors: Sequence[dict[str, Any]]) -> dict[str, str]:
    """What went wrong, by file."""
    failed: dict[str, str] = {}
    for error in errors:
        if not error["path"]:
            raise ValueError(f"semgrep reports {error['type']} for rule {error['rule']}")
        failed.setdefault(error["path"], _trouble(error))
    return failed


def _trouble(error: Mapping[str, Any]) -> Text:
    if error["type"] == GAVE_UP:
        return say(
            "semgrep gave up following values through the function at line {line}, which is too long or too entangled",
            line=error["line"],
        )
    return say("semgrep: {kind} at line {line}", kind=error["type"], line=error["line"])


def _skip(file: File) -> Skip:
    return Skip.UNPARSABLE if file.parsed is False else Skip.TOOL


def _reason(file: File, failed: Mapping[str, str]) -> str:
    if file.parsed is False:
        return say("does not parse as {language}", language=file.language)
    if not _nameable(file):
        return say("semgrep cannot be given a file name that is not UTF-8")
    return failed.get(file.path) or say("semgrep did not scan it")


def _message(message: str, about: dict[str, Any]) -> str:
    """What is wrong and how to mend it; in both languages where the rule has the French beside its English."""
    english = f"{message} {about['fix']}"
    if "message-fr" not in about or "fix-fr" not in about:
        return english
    return Text(english, french_spacing(f"{about['message-fr']} {about['fix-fr']}"))


def _finding(result: dict[str, Any]) -> Finding:
    about = result["metadata"]
    cwe = tuple(int(number) for number in re.findall(r"CWE-(\d+)", " ".join(about["cwe"])))
    return Finding(
        rule=f"semgrep:{result['rule'].rsplit('.', 1)[-1]}",
        message=_message(result["message"], about),
        path=result["path"],
        line=result["start"],
        end_line=result["end"],
        severity=SEVERITY[result["severity"]],
        confidence=about["confidence"].lower(),
        help=HELP.format(cwe[0]),
        cwe=cwe,
    )
