"""Runs scancode's own command on every file, and leaves its answer without what changes from run to run.

    python -I run_scancode.py /out/scancode.json /in/known.json /out/made.json OPTIONS /delivery < targets.json

Eight things differ from the bare command; its options do the rest:
- the garbage collector sleeps while the licence index loads: the index is one pickle of millions of small objects, and
  collecting meanwhile took 4 of 7 CPU-seconds. Frozen, its pages stay shared with what is forked;
- what cannot be of effect is passed over (scancode_shortcuts.py, scancode_copyrights.py): without it matching takes ten times as
  long; for a few files most of the index is not loaded (scancode_automaton.py), nor any plug-in that no option asks for
  (scancode_plugins.py); and a few small files are read by this process alone, more of them by two that it forks;
- no file is passed over: scancode leaves out names of version-control systems (`.gitignore`, `CVS/`, `.repo/`), and a
  delivery may give such a name to anything;
- what scancode's scanners say of one of the files named on standard input (a JSON list of [path]) is taken from an earlier run,
  where there was one. What scancode concludes from several files together, it concludes anew;
- copyright is looked for only in files with a licence: in all of them it took a seventh of the time again;
- a file that runs into scancode's soft deadline is an error: scancode itself answers with what it has found so far;
- of a licence file it is told as well which of its words belong to no text that was found there, and which words of such
  a text it lacks (`beyond`): scancode itself gives a share;
- clock readings, file dates and the machine's name are taken out of the answer, and `removed` in its header says so; of the
  options there, where the answer goes and how many processes read.
"""

import gc
import hashlib
import json
import os
import re
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # isolated: the folder of this file is not on it

import scancode_automaton
import scancode_copyrights
import scancode_plugins
import scancode_shortcuts
from apart import Apart
from ending import end

RUN = ("start_timestamp", "end_timestamp", "duration")
ASK = {}  # scancode's own functions, for those below that take their places, which forked ones receive by name
KNOWN = {}  # what scancode's scanners have said of single files in an earlier run
PLACE = {}  # the tree, and the folder in which is left what is found of a file
FOUND = {}  # the file in which a licence was found last: scancode looks for the copyright of a file after its licence

GRANTING = re.compile(
    r"(?:licen[cs]es?|copying|unlicen[cs]e)(?:[-_.].*)?", re.IGNORECASE
)  # as verifier/licence_project
STATING = re.compile(
    r"(?:read-?me|notice|licen[cs]e|copyright|legal|terms|eula|cla)[^/]*", re.IGNORECASE
)  # at the root
MOST_STATED = 200_000  # bytes of a document
SECONDS = 60  # for one licence file
ALONE_FILES, ALONE_BYTES = 30, 300_000  # what one process reads with less CPU, and soon: dense texts take 60 s
LEAST_WORDS, LEAST_SCORE = 15, 80  # of a likeness that is a text, as verifier/licence_detected
WAIVER, WAIVER_WORDS, WAIVER_SCORE = "cc0-1.0", 30, 70
SPEAKS = re.compile(r"licen[cs]|propri[eé]t|copyright|permission|confidential", re.IGNORECASE)
LONGEST_STATED = 600  # characters
LONGEST = 60  # words of a text that are told as missing in one place
NO_NAME = re.compile("unknown|proprietary|commercial|commons-clause|unlicensed")  # phrases that name no open licence


def main(output, known, made, *arguments):
    apart, targets = Apart(known, made), json.load(sys.stdin)
    KNOWN.update(apart.known)
    with tempfile.TemporaryDirectory() as folder:
        PLACE.update(tree=arguments[-1], found=os.path.join(folder, "found"))
        os.mkdir(PLACE["found"])
        fresh = [path for path, *_ in targets if path not in apart.known]
        code, answer = scanned(arguments, os.path.join(folder, "raw.json"), fresh)
        found = dict(left())
    for entry in answer["files"]:
        if entry["type"] == "file":
            looked_into(entry, apart.known.get(entry["path"]) or found.get(entry["path"], {}))
    apart.keep(targets, found, lambda part: part.get("beyond", {}) is not None)
    with open(output, "w", encoding="utf-8") as handle:
        json.dump(steady(answer), handle)
    return code


def warm():
    """What a host does once for many runs: loads the index, and has scanners look at a file, as one does that looks at many."""
    load()
    from scancode import api  # noqa: PLC0415 - likewise
    from typecode.pygments_lexers import _iter_lexerclasses  # noqa: PLC0415

    api.get_file_info(__file__)
    api.get_copyrights(__file__)
    list(_iter_lexerclasses())


def load():
    gc.disable()
    from commoncode import ignore  # noqa: PLC0415 - imported while the collector sleeps
    from licensedcode.cache import get_index  # noqa: PLC0415

    scancode_plugins.install()
    import packagedcode.utils  # noqa: F401, PLC0415 - the workers need it, and have it from here
    from scancode import cli  # noqa: F401, PLC0415

    ignore.ignores_VCS.clear()
    scancode_automaton.install()
    scancode_copyrights.install()
    scancode_shortcuts.install(index := get_index())
    scancode_automaton.prepare(index)


def scanned(arguments, raw, fresh):
    load()
    from licensedcode.cache import get_index  # noqa: PLC0415
    from scancode import api, cli  # noqa: PLC0415

    ASK.update(licenses=api.get_licenses, copyrights=api.get_copyrights, resource=cli.scan_resource)
    api.get_licenses, api.get_copyrights, cli.scan_resource = whole, whose, of_file
    scancode_automaton.settle(get_index(), len(fresh))
    gc.freeze()
    gc.enable()
    options = [*arguments[:-1], "--processes", processes(fresh), "--json", raw]
    code = cli.scancode([*options, arguments[-1]], standalone_mode=False)
    with open(raw, encoding="utf-8") as handle:
        return code, json.load(handle)


def processes(fresh):
    """How many to fork. Each is one of 1 GB, and what it then copies of that takes as long as ten files."""
    if len(fresh) > ALONE_FILES:
        return "2"
    size = sum(os.lstat(os.path.join(PLACE["tree"], path)).st_size for path in fresh)
    return "0" if size <= ALONE_BYTES else "2"


def of_file(place, *words, **options):
    """What scancode's scanners say of one file: from an earlier run, or now, and then left for a later one.

    There and back through JSON in both cases, so that what follows is given the same. A file that failed may not fail again.
    """
    location, path = place
    name = os.path.relpath(location, PLACE["tree"])
    if name in KNOWN:
        return location, path, [], 0, KNOWN[name]["scanned"], None
    _, _, errors, seconds, found, timings = ASK["resource"](place, *words, **options)
    found.pop("date", None)
    text = json.dumps({"path": name, "scanned": found})
    if not errors:
        with open(os.path.join(PLACE["found"], hashlib.sha256(os.fsencode(name)).hexdigest()), "w") as handle:
            handle.write(text)
    return location, path, errors, seconds, json.loads(text)["scanned"], timings


def left():
    for entry in os.scandir(PLACE["found"]):
        with open(entry) as handle:
            part = json.load(handle)
        yield part.pop("path"), part


def looked_into(entry, part):
    """Adds what scancode itself does not tell. `part` is what is known of the file, and is told what takes long."""
    location = os.path.join(PLACE["tree"], entry["path"])
    if granting(entry["path"]) and entry["license_detections"]:
        if "beyond" not in part:
            part["beyond"] = beyond(location)
        entry["beyond"] = part["beyond"]
    if STATING.fullmatch(entry["path"]):
        entry["stated"] = stated(location)


def stated(location):
    """The paragraphs of a document, each with its first and last line, on one line."""
    with open(location, "rb") as handle:
        lines = handle.read(MOST_STATED).decode("utf-8", "replace").splitlines()
    found, start = [], None
    for number, line in enumerate([*lines, ""], 1):
        if line.strip() and start is None:
            start = number
        elif not line.strip() and start is not None:
            words = " ".join(" ".join(lines[start - 1 : number - 1]).split())
            if SPEAKS.search(words):
                found.append({"line": start, "end_line": number - 1, "words": words[:LONGEST_STATED]})
            start = None
    return found


def granting(path):
    return path.startswith("LICENSES/") or bool(GRANTING.fullmatch(os.path.basename(path)))


def beyond(location):
    """The words of a licence file that no licence covers, and those that its texts lack; None where that took too long."""
    from licensedcode.cache import get_index  # noqa: PLC0415 - imported while the collector sleeps
    from licensedcode.match import tokenize_matched_text  # noqa: PLC0415
    from licensedcode.stopwords import STOPWORDS  # noqa: PLC0415

    index = get_index()
    deadline = time.time() + SECONDS
    matches = index.match(location=location, deadline=deadline)
    if time.time() > deadline:
        return None
    read = [token for token in tokenize_matched_text(location, None, dictionary=index.dictionary) if token.is_text]
    words = [
        (token.value, token.line_num, token.pos if token.is_known else None)
        for token in read
        if token.value.lower() not in STOPWORDS
    ]
    texts = [match for match in matches if is_text(match)]
    return {"added": added(words, matches, texts), "cut": [one for match in texts for one in cut(index, match)]}


def is_text(match):
    alike = match.len() >= LEAST_WORDS and match.score() >= LEAST_SCORE
    return alike or (key(match) == WAIVER and match.len() >= WAIVER_WORDS and match.score() >= WAIVER_SCORE)


def key(match):
    return str(match.rule.license_expression)


def added(words, matches, texts):
    """Runs of words that are of no text, and of no phrase that names a licence; `inside`: within the words of a text."""
    covered, spans = set(), [(match.qstart, match.qend) for match in texts]
    for match in matches:
        if is_text(match) or (match.matcher != "3-seq" and not NO_NAME.search(key(match))):
            covered.update(match.qspan)
    runs, at, open_run = [], -1, False
    for word, line, place in words:
        at = at if place is None else place
        if place in covered:
            open_run = False
            continue
        if not open_run:
            runs.append({"line": line, "inside": any(start <= at < end for start, end in spans), "words": []})
            open_run = True
        runs[-1]["end_line"] = line
        runs[-1]["words"].append([word, line])
    return [told(run) for run in runs]


def told(run):
    """Its words by line, so that a line of copyright can be told from the rest."""
    lines = {}
    for word, line in run["words"]:
        lines.setdefault(line, []).append(word)
    return {**run, "words": [" ".join(each) for each in lines.values()]}


def cut(index, match):
    """Runs of a text's words that the file lacks between words of that text that it has."""
    tokens, runs = index.tids_by_rid[match.rule.rid], []
    has = set(match.ispan)
    for place in range(match.istart, match.iend):
        if place in has:
            continue
        if place - 1 in has or not runs:
            runs.append([])
        runs[-1].append(index.tokens_by_tid[tokens[place]])
    return [
        {"line": match.start_line, "end_line": match.end_line, "licence": key(match), "words": " ".join(run)}
        for run in runs
        if len(run) <= LONGEST
    ]


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
        for name in ("--json", "--processes"):
            header.get("options", {}).pop(name, None)
        header["removed"] = [*RUN, "system_environment", "files[].date"]
    for entry in answer["files"]:
        entry.pop("date", None)
    return answer


if __name__ == "__main__":
    end(main(*sys.argv[1:]))
