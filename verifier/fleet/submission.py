"""One delivery to be assessed, as the queue holds it: everything that a worker on another machine needs. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

LEAST, MOST = -9, 9
"""Of a priority; 0 where nobody said one."""
TEXTS = ("id", "time", "where", "commit", "criteria", "supplier", "contract", "milestone", "base")
_NAME = re.compile(r"[^/\0]+(/[^/\0]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """`where` and `commit` are the delivery; `criteria` and `contract` are digests, of a contract that there is none of "".

    `files` (name -> text) are what `options`, words of `verifier assess`, name. `id` is in every line of a log about it, and
    `time` is when it was submitted.
    """

    id: str
    time: str
    where: str
    commit: str
    criteria: str
    supplier: str
    contract: str = ""
    milestone: str = ""
    round: int = 1
    base: str = ""
    services: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    priority: int = 0

    @property
    def digest(self) -> str:
        """The same delivery under the same criteria has the same one, whoever submits it, and how often."""
        asked = [self.where, self.commit, self.criteria, self.contract, self.milestone, self.round, self.base]
        return sha256(json.dumps([*asked, sorted(self.services)]).encode()).hexdigest()

    @property
    def delivery(self) -> str:
        """As the command line has it."""
        return f"{self.where}@{self.commit}"

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Submission:
        """Raises TypeError or ValueError for one that is none: who wrote it down is not always to be trusted."""
        known = {name: value for name, value in document.items() if name in cls.__dataclass_fields__}
        known |= {name: tuple(known.get(name, ())) for name in ("services", "options")}
        made = cls(**known)
        texts = (getattr(made, one) for one in TEXTS)
        if not all(isinstance(one, str) for one in (*texts, *made.services, *made.options, *made.files.values())):
            raise TypeError
        if not all(isinstance(one, int) for one in (made.round, made.priority)) or not all(map(_plain, made.files)):
            raise ValueError
        return made

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "services": list(self.services), "options": list(self.options)}


def _plain(name: str) -> bool:
    """Whether it is a file's name, or one in a folder, and leads nowhere else."""
    return bool(_NAME.fullmatch(name)) and not any(part.startswith(".") for part in name.split("/"))


def supplier_of(where: str) -> str:
    """Whose turn it is where no contract says: the owner of the repository at its host, the folder of a local one."""
    parts = urlsplit(where)
    path = parts.path if parts.netloc else where
    owner = path.rstrip("/").rpartition("/")[0]
    return f"{parts.netloc}{owner}" if parts.netloc else owner
