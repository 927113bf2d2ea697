"""GuardDog's rules for packages that mean harm, as they come with it: https://github.com/DataDog/guarddog (Apache-2.0).

It is not run, for it fetches packages and asks servers about them: its rules are read where it is installed, and its modules,
which open connections, are not imported.
"""

import fnmatch
import importlib.metadata
import json
from pathlib import Path

import yara

HOME = "guarddog/analyzer"
PREFIX = "threat-"  # those of its rules that find a threat; the others find what a program is able to do
SECONDS = 60  # for one file
CERTAIN = ("low", "medium", "high")


def home():
    return Path(str(importlib.metadata.distribution("guarddog").locate_file(HOME)))


def popular(index):
    """Names of the most downloaded packages of pypi or npm, the most downloaded first."""
    return json.loads((home() / "metadata" / "resources" / f"top_{index}_packages.json").read_text("utf-8"))["packages"]


def compiled():
    files = sorted((home() / "sourcecode").glob(PREFIX + "*.yar"))
    return yara.compile(filepaths={file.stem.removeprefix(PREFIX): str(file) for file in files})


def threats(rules, name, data):
    """One find a rule that holds for the file. `name` is what its rules go by; what a rule leaves out by folder is not left out.

    A rule that is in doubt (reading the environment, being silent) says something only beside another.
    """
    matches = rules.match(data=data, timeout=SECONDS)
    found = [
        {
            "rule": match.namespace,
            "line": data.count(b"\n", 0, _first(matches, match.namespace)) + 1,
            "says": match.meta["description"],
            "certain": match.meta["specificity"],
        }
        for match in matches
        if match.meta and _is_for(name, match.meta["path_include"])  # a rule without these serves others
    ]
    sure = [one for one in found if one["certain"] != CERTAIN[0]]
    return found if sure else []


def _first(matches, namespace):
    """Where in the file a rule, or another that it is made of, first sees something."""
    own = (match for match in matches if match.namespace == namespace)
    return min((one.offset for match in own for string in match.strings for one in string.instances), default=0)


def _is_for(name, globs):
    return any(fnmatch.fnmatchcase(name, glob.strip()) for glob in globs.split(","))
