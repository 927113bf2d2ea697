"""Looks for secrets in the files named on standard input, and in what the delivered commits added.

    python -I run_secrets.py /out/secrets.json [/history] < targets.json

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

from plain_text import read, text_of
from seek.detectors import guessed, offline, shaped
from seek.patch import additions
from seek.quotable import quotable

MOST = 5  # guesses listed for one file and kind; more are counted
MOST_IN_HISTORY = 500
SECONDS = 120  # for the history
KEY_LINE = re.compile("[A-Za-z0-9+/=]{32,}")  # of a private key, long enough to stand for nothing else


def main():
    targets = json.load(sys.stdin)
    apart, *patches = sys.argv[1:]
    with offline():
        known, texts = set(), set()
        answer = tree(targets, known, texts)
        for path in patches:
            with open(path, "rb") as stream:
                answer["history"] = history(stream, known, texts)
    with open(apart, "w") as file:
        json.dump(sorted(texts), file)
    json.dump(answer, sys.stdout, sort_keys=True)


def tree(targets, known, texts):
    """What the files hold; `known` is filled with the secrets, and with where each is, that need not be told of the history.

    One in tests, documentation or examples weighs less, so it stands for the history of its own file alone: else a copy in
    the tests would hide what was once in the product.
    """
    answer = {"scanned": [], "skipped": {}, "findings": [], "more": []}
    for path, product, guess in sorted(targets):
        data, why = read(path)
        if why:
            answer["skipped"][path] = why
            continue
        lines = list(enumerate(text_of(data).split("\n"), 1))
        hits = shaped(lines)
        known.update(name(lines, hit) if product else (name(lines, hit), path) for hit in hits)
        answer["findings"] += [found(hit, path) for hit in hits]
        texts.update(text for hit in hits for text in quoted(lines, hit))
        if guess:
            guesses = guessed(path, lines)
            texts.update(text for hit in guesses for text in quoted(lines, hit))
            listed, more = few(guesses, {hit.line for hit in hits})
            answer["findings"] += [found(hit, path) for hit in listed]
            answer["more"] += [[path, count] for count in (more,) if count]
        answer["scanned"].append(path)
    return answer


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


def history(stream, known, texts):
    """The oldest place, in each file, of each secret that the product no longer holds.

    In each file: what the oldest was for says nothing of where a secret came to lie later. Guesses and examples are passed over.
    """
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
    main()
