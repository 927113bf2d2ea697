"""Runs semgrep's engine on the files and languages named on standard input (a JSON list of [path, analyzer]).

    python -I run_semgrep.py /rules/semgrep /in/known.json /out/made.json < targets.json

semgrep's command finds its targets itself, which a delivered `.semgrepignore` steers, goes by file names instead of our
typing, and spends 2.5 CPU-seconds before any work; its engine takes a list of targets and 0.2
(`semgrep-core -targets`, `target` in semgrep_interfaces/semgrep_output_v1.py of semgrep 1.182.0).
The answer holds no source text: matched code, syntax errors' excerpts and the engine's log stay here.
"""

import ast
import importlib.resources
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from apart import Apart

SECONDS_A_RULE = "30"
"""For one rule on one file; a file that runs out of it is not examined."""
MOST_VALUES = ("-max_tainted_vars", "100000", "-max_taint_set_size", "10000")
"""The engine follows 100 variables of a function and 50 origins of each, and says nothing of those that it drops."""
GAVE_UP = "Fixpoint timeout"
"""It follows values through one function for 0.1 seconds of its processor's time, which no option changes."""
WARNED = re.compile(r"\[WARNING\]: " + GAVE_UP)
ONE_RULE = re.compile(r"\[rules: 1, first: ([\w.-]+)\]")
LONGEST = 200

# The engine parses a file only when a rule's words occur in it. These have no words and never hold: every file is read.
# Not so for shell scripts: all their rules are regular expressions, which need no parse, and semgrep's stumbles over plain ones.
PROBES = [
    {"id": f"parse-{language}", "languages": [language], "severity": "INFO", "message": "-"}
    | {"patterns": [{"pattern": "$A | $A | $A | $A"}, {"pattern-not": "$A | $A | $A | $A"}]}
    for language in ("python", "javascript", "typescript")
]


def main(folder: str, known: str, made: str) -> None:
    loose = []  # a rule is broken: nothing that was found under it is of use another time

    def look(targets: list) -> dict:
        rules = all_rules(Path(folder))
        said = answer(looked_again(run([*rules, *PROBES], targets), rules, targets))
        loose.extend(error for error in said["errors"] if not error["path"])
        return {path: of_file(said, path) for path, _ in targets}

    def lasting(part: dict) -> bool:
        return part["scanned"] and not part["errors"] and not loose

    parts = Apart(known, made).answered(json.load(sys.stdin), look, lasting)
    json.dump(together(parts, loose), sys.stdout, sort_keys=True)


def warm() -> None:
    """What a host does once for many runs."""
    import certifi  # noqa: F401, PLC0415 - all may be known
    import yaml  # noqa: F401, PLC0415 - likewise


def together(parts: dict, loose: list) -> dict:
    """The answer about all files, in one order."""
    return {
        "version": max((part["version"] for part in parts.values()), default=""),
        "scanned": sorted(path for path, part in parts.items() if part["scanned"]),
        "errors": sorted((*loose, *(one for part in parts.values() for one in part["errors"])), key=str),
        "results": sorted((one for part in parts.values() for one in part["results"]), key=str),
    }


def of_file(said: dict, path: str) -> dict:
    return {
        "version": said["version"],
        "scanned": path in said["scanned"],
        "errors": [one for one in said["errors"] if one["path"] == path],
        "results": [one for one in said["results"] if one["path"] == path],
    }


def all_rules(folder: Path) -> list:
    import yaml  # noqa: PLC0415 - likewise

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # eight times as fast; our own rules are read, no delivery's
    texts = [file.read_text("utf-8") for file in sorted(folder.rglob("*.yml"))]
    return [rule for text in texts for rule in yaml.load(text, Loader=loader)["rules"]]  # noqa: S506 - both are safe


def target(path: str, analyzer: str) -> list:
    place = {"fpath": path, "ppath": "/" + path}
    return ["CodeTarget", {"path": place, "analyzer": analyzer, "products": ["sast"]}]


def looked_again(said: dict, rules: list, targets: list) -> dict:
    """With an error for each function that the engine gave up on and that holds what a value could do harm in.

    How long a function takes hangs on the machine. So it is asked first whether the function holds any place at all that a rule
    leads to, which no clock decides; most do not. Of the others each file is looked at once more, by itself.
    """
    gave_up = unfinished(said)
    files = [one for one in targets if one[0] in {path for path, _, _ in gave_up}]
    left = endangered(gave_up, run(ends(rules), files)) if files else set()
    for path, analyzer in files:
        if any(one[0] == path for one in left):
            again = run(rules, [[path, analyzer]])
            said["results"] += [one for one in again["results"] if one not in said["results"]]
            if not unfinished(again):
                left = {one for one in left if one[0] != path}
    errors = {(path, line) for path, line, _ in left}
    said["errors"] += [
        {"error_type": GAVE_UP, "location": {"path": path, "start": {"line": line}}} for path, line in sorted(errors)
    ]
    return said


def unfinished(said: dict) -> set:
    """Where functions begin that the engine gave up on, and under which rule; empty: under several."""
    told = (said.get("time") or {}).get("fixpoint_timeouts") or []
    return {
        (one["location"]["path"], one["location"]["start"]["line"], "".join(ONE_RULE.findall(one["message"])))
        for one in told
        if one.get("location")
    }


def endangered(gave_up: set, found: dict) -> set:
    """Of these functions those in which a place stands that the rule leads to, or that could not be searched for one."""
    unread = {(one.get("location") or {}).get("path") for one in found["errors"]} | {
        path for path, _, _ in unfinished(found)
    }
    places = [(one["path"], one["check_id"], one["start"]["line"]) for one in found["results"]]
    return {
        (path, start, rule)
        for path, start, rule in gave_up
        if path in unread
        or any(within(path, start, other, line) for other, end, line in places if rule in ("", end.rpartition(".")[2]))
    }


def ends(rules: list) -> list:
    """For each rule that follows values, one that finds the places where it ends, whatever reaches them."""
    kept = ("id", "languages", "severity", "message")
    return [
        {name: rule[name] for name in kept}
        | {"pattern-either": [{key: sink[key] for key in sink if key != "requires"} for sink in rule["pattern-sinks"]]}
        for rule in rules
        if rule.get("mode") == "taint"
    ]


def within(path: str, start: int, other: str, line: int) -> bool:
    """Whether a line lies in the function of Python that begins at `start`; in another language it may."""
    if path != other:
        return False
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    spans = [
        (node.lineno, node.end_lineno)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.lineno == start
    ]
    return not spans or any(first <= line <= last for first, last in spans)


def run(rules: list, targets: list) -> dict:
    with tempfile.TemporaryDirectory() as made:
        book, plan = Path(made, "rules.json"), Path(made, "targets.json")
        book.write_text(json.dumps({"rules": rules}))
        plan.write_text(json.dumps(["Targets", [target(path, analyzer) for path, analyzer in targets]]))
        return engine(book, plan)


def engine(rules: Path, plan: Path) -> dict:
    import certifi  # noqa: PLC0415 - likewise

    core = importlib.resources.files("semgrep.bin").joinpath("semgrep-core")
    limits = ["-j", "1", "-timeout", SECONDS_A_RULE, "-timeout_threshold", "1", *MOST_VALUES]
    command = [str(core), "-json_nodots", "-rules", str(rules), "-targets", str(plan), *limits, "-disable_rule_paths"]
    # The engine does not start without a file of certificate authorities, though it opens no connection; the sandbox
    # has none. This one comes with semgrep's own dependencies.
    env = {**os.environ, "SSL_CERT_FILE": certifi.where()}
    done = subprocess.run(command, capture_output=True, env=env, check=False)
    log = done.stderr.decode("utf-8", "replace").splitlines()
    if done.returncode:
        sys.exit(f"semgrep-core ended with exit code {done.returncode}: {' '.join(log)[-LONGEST:]}")
    said = json.loads(done.stdout.decode("utf-8", "surrogateescape"))  # metavariables quote files of any encoding
    if any(WARNED.search(line) for line in log) and not unfinished(said):
        sys.exit("semgrep-core warns of functions that it gave up on, and its answer does not name them")
    return said


def answer(said: dict) -> dict:
    return {
        "version": said["version"],
        "scanned": set(said["paths"]["scanned"]),
        "errors": [error(one) for one in said["errors"]],
        "results": [result(one) for one in said["results"]],
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
    main(*sys.argv[1:])
