"""Runs semgrep's engine on the files and languages named on standard input (a JSON list of [path, analyzer]).

    python -I run_semgrep.py /rules/semgrep < targets.json

semgrep's command finds its targets itself, which a delivered `.semgrepignore` steers, goes by file names instead of our
typing, and spends 2.5 CPU-seconds before any work; its engine takes a list of targets and 0.2
(`semgrep-core -targets`, `target` in semgrep_interfaces/semgrep_output_v1.py of semgrep 1.182.0).
The answer holds no source text: matched code, syntax errors' excerpts and the engine's log stay here.
"""

import importlib.resources
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import certifi
import yaml

SECONDS_A_RULE = "30"
"""For one rule on one file; a file that runs out of it is not examined."""

# The engine parses a file only when a rule's words occur in it. These have no words and never hold: every file is read.
# Not so for shell scripts: all their rules are regular expressions, which need no parse, and semgrep's stumbles over plain ones.
PROBES = [
    {"id": f"parse-{language}", "languages": [language], "severity": "INFO", "message": "-"}
    | {"patterns": [{"pattern": "$A | $A | $A | $A"}, {"pattern-not": "$A | $A | $A | $A"}]}
    for language in ("python", "javascript", "typescript")
]


def main() -> None:
    folder = Path(sys.argv[1])
    targets = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as made:
        rules, plan = Path(made, "rules.json"), Path(made, "targets.json")
        rules.write_text(json.dumps({"rules": [*all_rules(folder), *PROBES]}))
        plan.write_text(json.dumps(["Targets", [target(path, analyzer) for path, analyzer in targets]]))
        json.dump(answer(run(rules, plan), targets), sys.stdout, sort_keys=True)


def all_rules(folder: Path) -> list:
    return [rule for file in sorted(folder.rglob("*.yml")) for rule in yaml.safe_load(file.read_text("utf-8"))["rules"]]


def target(path: str, analyzer: str) -> list:
    place = {"fpath": path, "ppath": "/" + path}
    return ["CodeTarget", {"path": place, "analyzer": analyzer, "products": ["sast"]}]


def run(rules: Path, plan: Path) -> dict:
    engine = importlib.resources.files("semgrep.bin").joinpath("semgrep-core")
    limits = ["-j", "1", "-timeout", SECONDS_A_RULE, "-timeout_threshold", "1"]
    command = [str(engine), "-json_nodots", "-rules", str(rules), "-targets", str(plan), *limits, "-disable_rule_paths"]
    # The engine does not start without a file of certificate authorities, though it opens no connection; the sandbox
    # has none. This one comes with semgrep's own dependencies.
    env = {**os.environ, "SSL_CERT_FILE": certifi.where()}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, check=False)
    if done.returncode:
        sys.exit(f"semgrep-core ended with exit code {done.returncode}")
    return json.loads(done.stdout.decode("utf-8", "surrogateescape"))  # metavariables quote files of any encoding


def answer(said: dict, targets: list) -> dict:
    scanned = set(said["paths"]["scanned"])
    return {
        "version": said["version"],
        "scanned": sorted(path for path, _ in targets if path in scanned),
        "errors": sorted((error(one) for one in said["errors"]), key=str),
        "results": sorted((result(one) for one in said["results"]), key=str),
    }


def error(one: dict) -> dict:
    kind = one["error_type"]
    place = one.get("location") or {}
    return {
        "type": kind if isinstance(kind, str) else kind[0],
        "path": place.get("path"),
        "line": place.get("start", {}).get("line"),
        "rule": one.get("rule_id"),
    }


def result(one: dict) -> dict:
    extra = one["extra"]
    kept = {"rule": one["check_id"], "path": one["path"], "start": one["start"]["line"], "end": one["end"]["line"]}
    return {**kept, "severity": extra["severity"], "message": extra["message"], "metadata": extra.get("metadata", {})}


if __name__ == "__main__":
    main()
