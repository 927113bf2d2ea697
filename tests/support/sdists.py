"""Real projects, from their PyPI source distributions, each committed to a git repository."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from verifier.index import Limits, configured
from verifier.index.catalogue import Catalogue
from verifier.index.store import Store
from verifier.index.upstream import Upstream

PROJECTS = {
    "itsdangerous": "2.2.0",
    "humanize": "4.17.0",
    "python-dotenv": "1.2.4",
    "structlog": "26.1.0",
    "sqlite-utils": "4.2.1",
}
"""Name -> version, pinned so that the recorded answers stay true."""
SIZES = {
    "tiny": ("iniconfig", "2.1.0", "3abbd2e30b36733fee78f9c7f7308f2d0050e88f0087fd25c2645f63c773e1c7"),
    "small": ("xmltodict", "0.13.0", "341595a488e3e01a85a9d8911d8912fd922ede5fecc4dce437eb4b6c8d037e56"),
    "mid": ("uvicorn", "0.34.0", "404051050cd7e905de2c9a7e61790943440b3416f49cb409f965d9dcd0fa73e9"),
    "large": ("pytest", "8.3.5", "f4efe70cc14e511565ac476b57c279e12a855b11f48f212af1080ef2263d3845"),
}
"""Name, version and SHA-256 of trees to measure: 10 files; 20; 76 (69 of Python, 11 kLOC); 610 (257 of Python, 94 kLOC)."""
CACHE = Path(tempfile.gettempdir()) / "verifier-tests" / "sdists"
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"} | {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "test"), ("EMAIL", "test@example.org"), ("DATE", "2026-06-01T12:00:00+0000"))
}


def archive(name: str, version: str = "") -> Path:
    """The source distribution, fetched once. Only fetched: `pip download` would run the project's build back end."""
    filename = f"{name.replace('-', '_')}-{version or PROJECTS[name]}.tar.gz"
    found = CACHE / filename
    if not found.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        limits = Limits()
        upstream = Upstream(configured(os.environ), os.environ, limits)
        catalogue = Catalogue(upstream, Store(CACHE / "store", 10**9), limits, None)
        content, _ = catalogue.file(name, filename)
        with content, tempfile.NamedTemporaryFile(dir=CACHE, delete=False) as target:
            shutil.copyfileobj(content, target)
        Path(target.name).replace(found)
        upstream.close()
    return found


def delivered(name: str, folder: Path, *versions: str) -> Path:
    """The project as a git repository with a commit of each of these versions (else the one), at a fixed time."""
    repository = folder / name
    git(repository.parent, "init", "-q", "-b", "main", str(repository))
    for version in versions or (PROJECTS[name],):
        for old in repository.iterdir():
            if old.name != ".git":
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        _unpacked(archive(name, version), repository)
        git(repository, "add", "-A", "-f")
        git(repository, "commit", "-q", "-m", "delivery")
    return repository


def of_size(size: str, folder: Path) -> Path:
    """One of `SIZES` as a git repository. Raises SystemExit where the index has another file by now."""
    name, version, digest = SIZES[size]
    if hashlib.sha256(archive(name, version).read_bytes()).hexdigest() != digest:
        raise SystemExit(f"{name} {version} is not what was pinned")
    return delivered(name, folder, version)


def git(folder: Path, *words: str) -> str:
    """What it printed."""
    done = subprocess.run(
        ["git", "-C", str(folder), *words], check=True, env=os.environ | GIT, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def _unpacked(archive: Path, folder: Path) -> None:
    """What lies in the one folder of the archive."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary, tarfile.open(archive) as packed:
        packed.extractall(temporary, filter="data")
        (found,) = Path(temporary).iterdir()
        for path in found.iterdir():
            path.rename(folder / path.name)
