"""Answers about single files, each of which hangs on that file alone: those of earlier runs are read, new ones left for later.

    KNOWN   {path: answer} of what an earlier run found, or no such file
    MADE    {"whole": whether all would be answered alike once more, "parts": {path: answer}} of what this run found

What a script prints is put together from the answers in one way, wherever they come from. Standard library only.
"""

import json
import os


class Apart:
    """The two files, whose paths are a script's last words."""

    def __init__(self, known, made):
        self._made, self._kept = made, {}
        self.known = _read(known)

    def answered(self, targets, look, lasting):
        """{path: answer} for targets, each of which begins with its path. `look` gets those that nobody has looked at."""
        fresh = [target for target in targets if target[0] not in self.known]
        # There and back, so that a new answer is of the same types as one that was read.
        made = json.loads(json.dumps(look(fresh))) if fresh else {}
        self.keep(targets, made, lasting)
        return {path: self.known.get(path) or made[path] for path, *_ in targets}

    def keep(self, targets, made, lasting):
        """Leaves the new answers; not those that are not `lasting`: time ran out or something failed, and may not again."""
        self._kept = {path: answer for path, answer in made.items() if lasting(answer)}
        self._leave(whole=all(path in self._kept or path in self.known for path, *_ in targets))

    def not_whole(self):
        """What was found beside the single files may be something else the next time."""
        self._leave(whole=False)

    def _leave(self, *, whole):
        with open(self._made, "w", encoding="ascii") as file:
            json.dump({"whole": whole, "parts": self._kept}, file)


def _read(known):
    if not os.path.exists(known):
        return {}
    with open(known, encoding="ascii") as file:
        return json.load(file)
