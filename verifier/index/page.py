"""Index pages: from the upstream's JSON or HTML to the JSON that the sandbox sees. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from pypi_simple import DistributionPackage, Link, ProjectPage, RepositoryPage, UnsupportedRepoVersionError

JSON = "application/vnd.pypi.simple.v1+json"
_HTML = frozenset({"application/vnd.pypi.simple.v1+html", "text/html"})


@dataclass(frozen=True, slots=True)
class Source:
    """Where some bytes lie upstream, and what is known of them beforehand."""

    url: str
    digests: Mapping[str, str]
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One project: what may be asked for, by file name, and the page as bytes (PEP 691)."""

    files: Mapping[str, Source]
    body: bytes
    undated: bool  # a moment was given, and some file has no upload time to compare with it


def read(name: str, body: bytes, *, media_type: str, charset: str | None, base_url: str) -> list[DistributionPackage]:
    """The files that a project's page lists. Raises ValueError when the answer is not an index page."""
    try:
        if media_type == JSON:
            return ProjectPage.from_json_data(_with_core_metadata(json.loads(body)), base_url).packages
        if media_type in _HTML:
            return _from_html(name, body, charset, base_url)
    except (UnsupportedRepoVersionError, AssertionError, LookupError, TypeError, AttributeError) as error:
        raise ValueError("not a page of the Simple Repository API") from error
    raise ValueError(f"a page of type {media_type}")


def page(name: str, packages: Iterable[DistributionPackage], before: datetime | None) -> Page:
    """What the sandbox sees of a project: files uploaded after `before` are left out where the index tells the time."""
    kept = {p.filename: p for p in packages if _is_plain(p.filename) and not _is_later(p, before)}
    entries = [_entry(name, package) for package in kept.values()]
    document = {
        # PEP 700 makes `size` and `versions` part of 1.1.
        "meta": {"api-version": "1.1" if all("size" in entry for entry in entries) else "1.0"},
        "name": name,
        "versions": sorted({p.version for p in kept.values() if p.version}),
        "files": entries,
    }
    undated = before is not None and any(p.upload_time is None for p in kept.values())
    return Page(files=_sources(kept), body=json.dumps(document).encode(), undated=undated)


def _sources(packages: Mapping[str, DistributionPackage]) -> dict[str, Source]:
    """The files, and the metadata (PEP 658) that some have beside them."""
    files = {name: Source(package.url, package.digests, package.size) for name, package in packages.items()}
    described = {name: package for name, package in packages.items() if package.has_metadata}
    metadata = {f"{n}.metadata": Source(p.metadata_url, p.metadata_digests or {}) for n, p in described.items()}
    return metadata | files


def _with_core_metadata(data: Any) -> Any:
    """PEP 714: indexes older than it say `dist-info-metadata` for what is now `core-metadata`."""
    for entry in data["files"]:
        if "core-metadata" not in entry and "dist-info-metadata" in entry:
            entry["core-metadata"] = entry["dist-info-metadata"]
    return data


def _from_html(name: str, body: bytes, charset: str | None, base_url: str) -> list[DistributionPackage]:
    read_page = RepositoryPage.from_html(body, base_url, charset)
    packages = [DistributionPackage.from_link(_plain_link(link), name) for link in read_page.links]
    packages = [package for package in packages if package.package_type]
    if not packages and read_page.repository_version is None:
        # A sign-in page of a portal answers 200 to everything; taken for "no files", it would blame the delivery.
        raise ValueError("a page that lists no distribution")
    return packages


def _plain_link(link: Link) -> Link:
    """As uv and pip read it: the file's name is the end of its address, the older metadata attribute counts as well."""
    attributes = dict(link.attrs)
    if "data-dist-info-metadata" in attributes:
        attributes.setdefault("data-core-metadata", attributes["data-dist-info-metadata"])
    return replace(link, text=unquote(urlsplit(link.url).path.rpartition("/")[2]), attrs=attributes)


def _is_plain(filename: str) -> bool:
    return bool(filename) and "/" not in filename and filename.isprintable()


def _is_later(package: DistributionPackage, before: datetime | None) -> bool:
    uploaded = package.upload_time
    if before is None or uploaded is None:
        return False
    return (uploaded if uploaded.tzinfo else uploaded.replace(tzinfo=UTC)) > before


def _entry(name: str, package: DistributionPackage) -> dict[str, Any]:
    """A file as PEP 691 has it. Its address is relative to the page, so the sandbox may use any port."""
    entry: dict[str, Any] = {
        "filename": package.filename,
        "url": f"../../files/{quote(name)}/{quote(package.filename)}",
        "hashes": package.digests,
        "yanked": package.yanked_reason or package.is_yanked,
    }
    if package.requires_python is not None:
        entry["requires-python"] = package.requires_python
    if package.size is not None:
        entry["size"] = package.size
    if package.upload_time is not None:
        entry["upload-time"] = package.upload_time.isoformat().replace("+00:00", "Z")
    if package.has_metadata:
        entry["core-metadata"] = entry["dist-info-metadata"] = package.metadata_digests or True
    return entry
