"""Real projects, from their PyPI source distributions, each committed to a git repository."""

from __future__ import annotations

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
