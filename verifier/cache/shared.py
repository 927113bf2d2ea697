"""Entries that several machines share: a bucket of S3, Azure or Google, or a folder, through obstore (extra `fleet`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from verifier.cache.store import Lost
from verifier.errors import UsageError
from verifier.words import say

SIDE_BY_SIDE = 16
LARGEST = 256 * 1024 * 1024
"""Bytes of an entry that is fetched."""
PATIENT = {"timeout": "30s", "connect_timeout": "5s"}
RETRIES = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}


class Shared:
    """A `Store`. Write-once: who comes second changes nothing. How large it grows is for the bucket's own rules."""

    def __init__(self, address: str) -> None:
        """`address`: s3://…, az://…, gs://… (credentials as their clients find them), file:///…. Raises UsageError."""
        try:
            import obstore  # noqa: PLC0415 - only who shares a cache has it
            from obstore import exceptions, store  # noqa: PLC0415
        except ImportError as error:
            raise UsageError(say("A shared cache needs `pip install 'delivery-verifier[fleet]'`.")) from error
        self._client, self._errors = obstore, exceptions
        more: dict[str, Any] = (
            {} if address.startswith("file:") else {"client_options": PATIENT, "retry_config": RETRIES}
        )
        try:
            self._store = store.from_url(address, **more)
        except exceptions.BaseError as error:
            why = say("{place} is no place for a cache: {error}", place=address, error=_line(error))
            raise UsageError(why) from error

    def get(self, names: Iterable[str]) -> Mapping[str, bytes]:
        return {name: content for name, content in self._each(self._one, names) if content is not None}

    def put(self, entries: Mapping[str, bytes]) -> None:
        for _ in self._each(lambda name: self._made(name, entries[name]), entries):
            pass

    def drop(self, names: Iterable[str]) -> None:
        with self._lost():
            for name in names:
                self._client.delete(self._store, _path(name))

    def _each(self, work: Any, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
        wanted = list(names)
        with self._lost(), ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
            yield from zip(wanted, pool.map(work, wanted), strict=True)

    def _one(self, name: str) -> bytes | None:
        try:
            found = self._client.get(self._store, _path(name))
        except (FileNotFoundError, self._errors.NotFoundError):
            return None
        return bytes(found.bytes()) if found.meta["size"] <= LARGEST else None

    def _made(self, name: str, content: bytes) -> None:
        with suppress(self._errors.AlreadyExistsError):
            self._client.put(self._store, _path(name), content, mode="create")

    @contextmanager
    def _lost(self) -> Iterator[None]:
        try:
            yield
        except (self._errors.BaseError, OSError) as error:
            raise Lost(_line(error)) from error


def _path(name: str) -> str:
    return f"{name[:2]}/{name}"


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0]
