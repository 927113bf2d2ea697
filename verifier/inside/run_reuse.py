"""Runs `reuse lint --json` on the tree and prints its answer in one order, however the file system lists the files.

Configuration of the tree that reuse cannot read (REUSE.toml, .reuse/dep5) is an answer as well: {"unreadable": reason}.
"""

import contextlib
import io
import json
import sys

import click
from reuse.cli.main import main as reuse


def main(root):
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            reuse(["--root", root, "--include-meson-subprojects", "lint", "--json"], standalone_mode=False)
    except click.UsageError as error:
        print(json.dumps({"unreadable": error.format_message()}))
        return
    except SystemExit:
        pass  # lint's own exit code says whether the tree is compliant, as its answer does
    print(json.dumps(ordered(json.loads(said.getvalue()))))


def ordered(value):
    if isinstance(value, dict):
        return {name: ordered(item) for name, item in value.items()}
    if isinstance(value, list):
        return sorted((ordered(item) for item in value), key=json.dumps)
    return value


if __name__ == "__main__":
    main(sys.argv[1])
