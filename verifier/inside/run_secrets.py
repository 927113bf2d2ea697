"""Looks for secrets in the files named on standard input, and in what the delivered commits added.

    python -I run_secrets.py /out/secrets.json /in/known.json /out/made.json [/history] < targets.json

detect-secrets' command leaves files out by name, believes `pragma: allowlist secret` and a `.secrets.baseline`, and can ask
servers whether a secret works; its detectors are called directly instead. Targets are [path, whether it is product, whether
to guess as well]. The answer names each find by place and kind, and holds neither a secret nor its digest: a short one could
be guessed from that. The secrets themselves are in a file apart, for what other tools may quote to be searched for them.
"""

import json
import os
import re
import sys
import time

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from apart import Apart
from plain_text import read, text_of
from seek.quotable import quotable

MOST = 5  # guesses listed for one file and kind; more are counted
MOST_IN_HISTORY = 500
SECONDS = 120  # for the history
KEY_LINE = re.compile("[A-Za-z0-9+/=]{32,}")  # of a private key, long enough to stand for nothing else


def main(quoted_in, known, made, *patches):
    apart, targets = Apart(known, made), sorted(json.load(sys.stdin))
    parts = apart.answered(targets, look, lasting)
    answer, texts = tree(targets, parts), {text for part in parts.values() for text in part.get("texts", ())}
    for path in patches:
        answer["history"] = history(path, current(targets, parts), texts)
        if answer["history"]["late"]:
            apart.not_whole()
    with open(quoted_in, "w") as file:
        json.dump(sorted(texts), file)
    json.dump(answer, sys.stdout, sort_keys=True)


def warm():
    """What a host does once for many runs."""
    import seek.detectors  # noqa: F401, PLC0415 - it starts slowly, and all may be known


def lasting(part):
    """A file that could not be opened may be another time."""
    return not part.get("skipped", "").startswith("cannot")


def look(targets):
    """What each of these files holds."""
    from seek.detectors import offline  # noqa: PLC0415 - likewise

    with offline():
        return {path: of_file(path, guess) for path, _, guess in targets}


def of_file(path, guess):
    from seek.detectors import guessed, shaped  # noqa: PLC0415 - likewise

    data, why = read(path)
    if why:
        return {"skipped": why}
    lines = list(enumerate(text_of(data).split("\n"), 1))
    hits = shaped(lines)
    guesses = guessed(path, lines) if guess else []
    listed, more = few(guesses, {hit.line for hit in hits})
    return {
        "names": [name(lines, hit) for hit in hits],
        "findings": [found(hit, path) for hit in (*hits, *listed)],
        "more": more,
        "texts": sorted({text for hit in (*hits, *guesses) for text in quoted(lines, hit)}),
    }


def tree(targets, parts):
    answer = {"scanned": [], "skipped": {}, "findings": [], "more": []}
    for path, *_ in targets:
        part = parts[path]
        if "skipped" in part:
            answer["skipped"][path] = part["skipped"]
            continue
        answer["findings"] += part["findings"]
        answer["more"] += [[path, part["more"]]] if part["more"] else []
        answer["scanned"].append(path)
    return answer


def current(targets, parts):
    """The secrets, and where each is, that need not be told of the history.

    One in tests, documentation or examples weighs less, so it stands for the history of its own file alone: else a copy in
    the tests would hide what was once in the product.
    """
    return {
        tuple(secret) if product else (tuple(secret), path)
        for path, product, _ in targets
        for secret in parts[path].get("names", ())
    }


def few(hits, taken):
    """The first guesses of each kind, a line each once and none where a shape was found, and how many more there are."""
    listed, seen, counts, more = [], set(taken), {}, 0
    for hit in hits:
        if hit.line in seen:
            continue
        seen.add(hit.line)
        counts[hit.kind] = counts.get(hit.kind, 0) + 1
        if counts[hit.kind] <= MOST:
            listed.append(hit)
        else:
            more += 1
    return listed, more


def found(hit, path):
    return {"kind": hit.kind, "path": path, "line": hit.line, "end": hit.end, "doubt": hit.doubt}


def name(lines, hit):
    """What tells secrets apart: of a key its content, since its first line is everybody's, however it is wrapped."""
    if hit.kind != "private-key":
        return hit.kind, hit.secret
    text = "".join(text for number, text in lines if hit.line <= number <= hit.end)
    return hit.kind, re.sub(r"\\[nrt]|[^A-Za-z0-9+/=]", "", text)


def quoted(lines, hit):
    """How another tool might quote it."""
    if hit.kind == "private-key":
        return KEY_LINE.findall("\n".join(text for number, text in lines if hit.line <= number <= hit.end))
    return () if hit.kind == "password-in-address" and hit.doubt else quotable(hit.secret)


def history(path, known, texts):
    """The oldest place, in each file, of each secret that the product no longer holds.

    In each file: what the oldest was for says nothing of where a secret came to lie later. Guesses and examples are passed over.
    """
    from seek.detectors import offline  # noqa: PLC0415 - likewise

    with offline(), open(path, "rb") as stream:
        return searched(stream, known, texts)


def searched(stream, known, texts):
    from seek.detectors import shaped  # noqa: PLC0415 - likewise
    from seek.patch import additions  # noqa: PLC0415

    until = time.monotonic() + SECONDS
    places, commits, binary, large, late = {}, set(), set(), set(), False
    for added in additions(stream):
        if time.monotonic() > until:
            late = True
            break
        commits.add(added.commit)
        if added.binary:
            binary.add(added.path)
        if added.cut:
            large.add(added.path)
        for hit in shaped(added.lines):
            texts.update(quoted(added.lines, hit))
            secret = name(added.lines, hit)
            told = secret in known or (secret, added.path) in known
            if not hit.doubt and hit.kind != "json-web-token" and not told:
                places[secret, added.path] = {**found(hit, added.path), "commit": added.commit}
    ordered = sorted(places.values(), key=lambda one: (one["path"], one["kind"], one["commit"], one["line"]))
    return {
        "binary": len(binary),
        "large": sorted(large),
        "late": late,
        "findings": ordered[:MOST_IN_HISTORY],
        "more": max(0, len(ordered) - MOST_IN_HISTORY),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
