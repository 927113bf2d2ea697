"""Runs scancode's own command on every file, and leaves its answer without what changes from run to run.

Five things differ from the bare command; its options do the rest:
- the garbage collector sleeps while the licence index loads: the index is one pickle of millions of small objects, and
  collecting meanwhile took 4 of 7 CPU-seconds. Frozen, its pages stay shared with the forked workers;
- no file is passed over: scancode leaves out names of version-control systems (`.gitignore`, `CVS/`, `.repo/`), and a
  delivery may give such a name to anything;
- copyright is looked for only in files with a licence: in all of them it took a seventh of the time again;
- a file that runs into scancode's soft deadline is an error: scancode itself answers with what it has found so far;
- clock readings, file dates and the machine's name are taken out of the answer, and `removed` in its header says so.
"""

import gc
import json
import os
import sys
import tempfile
import time

RUN = ("start_timestamp", "end_timestamp", "duration")
ASK = {}  # scancode's own functions, for `whole` and `whose`, which the workers receive by name
FOUND = {}  # the file in which a licence was found last: scancode looks for the copyright of a file after its licence


def main(arguments, output):
    gc.disable()
    from commoncode import ignore  # noqa: PLC0415 - imported while the collector sleeps
    from licensedcode.cache import populate_cache  # noqa: PLC0415
    from scancode import api  # noqa: PLC0415
    from scancode.cli import scancode  # noqa: PLC0415

    ignore.ignores_VCS.clear()
    ASK["licenses"] = api.get_licenses
    ASK["copyrights"] = api.get_copyrights
    api.get_licenses, api.get_copyrights = whole, whose
    populate_cache()
    gc.freeze()
    gc.enable()
    with tempfile.TemporaryDirectory() as folder:
        raw = os.path.join(folder, "raw.json")
        code = scancode([*arguments[:-1], "--json", raw, arguments[-1]], standalone_mode=False)
        with open(raw, encoding="utf-8") as handle:
            answer = json.load(handle)
    with open(output, "w", encoding="utf-8") as handle:
        json.dump(steady(answer), handle)
    return code


def whole(location, deadline=sys.maxsize, **options):
    """The same answer, or an error where the deadline has cut it short."""
    answer = ASK["licenses"](location, deadline=deadline, **options)
    if time.time() > deadline:
        raise ValueError("stopped at scancode's soft deadline, before all was compared")
    if answer["license_detections"]:
        FOUND["location"] = location
    return answer


def whose(location, deadline=sys.maxsize, **options):
    """Scancode's answer where the file has a licence, and none at all elsewhere."""
    if FOUND.get("location") == location:
        return ASK["copyrights"](location, deadline=deadline, **options)
    return {"copyrights": [], "holders": [], "authors": []}


def steady(answer):
    for header in answer["headers"]:
        for name in RUN:
            header.pop(name, None)
        header.get("extra_data", {}).pop("system_environment", None)
        header.get("options", {}).pop("--json", None)
        header["removed"] = [*RUN, "system_environment", "files[].date"]
    for entry in answer["files"]:
        entry.pop("date", None)
    return answer


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], sys.argv[1]))
