"""Which caches there are: this user's own, and one that machines share where one is named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from verifier.cache import seal
from verifier.cache.cache import Cache, Layer, Tell
from verifier.cache.local import Local
from verifier.cache.shared import Shared
from verifier.cache.store import Lost
from verifier.cache.timings import Timings
from verifier.errors import UsageError
from verifier.words import Text, later, say

OWN = later("The cache on this machine")
SHARED = later("The shared cache")
ENTRIES, KEY, TIMINGS = "entries.sqlite", "key", "timings.json"


def place(environment: Mapping[str, str]) -> Path:
    """The folder for this user's own (https://specifications.freedesktop.org/basedir-spec/latest/)."""
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "verifier" / "results"


def opened(folder: Path, tell: Tell, *, shared: str = "", key: Path | None = None) -> Cache:
    """The caches, the nearest first. Raises UsageError for a shared one that cannot be, or without a key."""
    layers = [*_own(folder, tell)]
    if shared:
        if key is None:
            raise UsageError(say("A shared cache needs the key that its machines share: --cache-key FILE."))
        layers.append(Layer(name=say(SHARED), store=Shared(shared), seal=seal.of_file(key)))
    return Cache(layers=layers, tell=tell, timings=Timings(folder / TIMINGS))


def _own(folder: Path, tell: Tell) -> list[Layer]:
    """None where this machine has no place for it: that is told, and nothing else."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return [Layer(name=say(OWN), store=Local(folder / ENTRIES), seal=seal.own(folder / KEY))]
    except (OSError, Lost) as error:
        tell(_without(str(error)))
    except UsageError as error:
        tell(_without(error.args[0]))
    return []


def _without(why: str | Text) -> Text:
    return say("There is no cache on this machine: {why}", why=why)
