"""Entries by name, from the nearest store that has them; none is believed that was not sealed with the store's key."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from verifier.cache.seal import Broken, Seal
from verifier.cache.store import Lost, Store
from verifier.cache.timings import Timings
from verifier.words import Text, say, say_n

Tell = Callable[[Text], None]


@dataclass(slots=True, kw_only=True)
class Layer:
    """A store with its key. Once it has failed it is left alone: a dead one must not be waited for again and again."""

    name: Text
    store: Store
    seal: Seal
    readable: bool = True
    writable: bool = True


@dataclass(kw_only=True)
class Cache:
    """Layers, the nearest first. `tell` gets what a person should know: a sentence, once each. `timings` are of this machine."""

    layers: Sequence[Layer]
    tell: Tell = lambda _: None
    timings: Timings = field(default_factory=Timings)
    _told: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, names: Iterable[str]) -> dict[str, bytes]:
        """The contents of those that there are. What a farther store has is put into the nearer ones."""
        wanted = dict.fromkeys(names)
        found: dict[str, bytes] = {}
        for number, layer in enumerate(self.layers):
            here = self._from(layer, [name for name in wanted if name not in found])
            for nearer in self.layers[:number] if here else ():
                self._into(nearer, here)
            found |= here
        return found

    def put(self, contents: Mapping[str, bytes]) -> None:
        for layer in self.layers if contents else ():
            self._into(layer, contents)

    def _from(self, layer: Layer, names: Sequence[str]) -> dict[str, bytes]:
        if not (names and layer.readable):
            return {}
        try:
            sealed = layer.store.get(names)
        except Lost as error:
            layer.readable = layer.writable = False
            self._say(
                say("{cache} cannot be read ({error}). What it holds is found out anew.", cache=layer.name, error=error)
            )
            return {}
        found, broken = {}, []
        for name, content in sealed.items():
            try:
                found[name] = layer.seal.opened(name, content)
            except Broken:
                broken.append(name)
        self._drop(layer, broken)
        return found

    def _drop(self, layer: Layer, broken: Sequence[str]) -> None:
        if not broken:
            return
        self._say(
            say_n(
                len(broken),
                "{n} entry of {cache} was damaged or not made with its key. It is not used, and found out anew.",
                "{n} entries of {cache} were damaged or not made with its key. They are not used, and found out anew.",
                cache=layer.name,
            )
        )
        try:
            layer.store.drop(broken)
        except Lost as error:
            self._unwritten(layer, error)

    def _into(self, layer: Layer, contents: Mapping[str, bytes]) -> None:
        if not layer.writable:
            return
        try:
            layer.store.put({name: layer.seal.sealed(name, content) for name, content in contents.items()})
        except Lost as error:
            self._unwritten(layer, error)

    def _unwritten(self, layer: Layer, error: Lost) -> None:
        layer.writable = False
        self._say(
            say(
                "{cache} cannot be written to ({error}). The next run finds this out anew.",
                cache=layer.name,
                error=error,
            )
        )

    def _say(self, words: Text) -> None:
        with self._lock:
            new = words not in self._told
            self._told.add(words)
        if new:
            self.tell(words)
