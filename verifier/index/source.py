"""Which package index the buyer uses, from the environment or pip's own configuration."""

from __future__ import annotations

import configparser
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from pypi_simple import PYPI_SIMPLE_ENDPOINT

from verifier.errors import UsageError
from verifier.words import say

_HELD_IN = "VERIFIER_INDEX_TOKEN"  # the variable that holds the secret
_URLS = ("VERIFIER_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
_CAS = ("VERIFIER_INDEX_CA", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
_PROXIES = ("VERIFIER_INDEX_PROXY", "PIP_PROXY")
_NAMED = re.compile(r"[A-Za-z0-9._-]+=(?=https?://)")  # uv allows NAME=URL


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSource:
    """A package index (Simple Repository API, JSON or HTML) and how to reach it.

    `url` is the root of the API and holds no credentials; they are `user` with `password`, or with the value of the
    environment variable `token_env`. `ca` is a PEM file or a folder of hashed certificates. Without `proxy` the usual
    variables (HTTPS_PROXY, NO_PROXY) count; without credentials, netrc. Raises UsageError on an address not of http(s).
    """

    url: str
    user: str | None = None
    token_env: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    proxy: str | None = field(default=None, repr=False)  # may hold credentials

    def __post_init__(self) -> None:
        parts = _split(self.url)
        if parts.username is not None or parts.password is not None or parts.query:
            raise UsageError(
                say("The package index address holds credentials or a query: give user and token instead.")
            )

    def credentials(self, environ: Mapping[str, str]) -> tuple[str, str] | None:
        """User and secret, or None. Raises UsageError when the variable that should hold the token is not set."""
        if self.token_env is None:
            return (self.user or "", self.password or "") if self.user or self.password else None
        token = environ.get(self.token_env)
        if not token:
            raise UsageError(
                say(
                    "The token of the package index is expected in {variable}, which is not set.",
                    variable=self.token_env,
                )
            )
        return self.user or "__token__", token


def configured(environ: Mapping[str, str]) -> IndexSource:
    """The index that this machine is set up to use.

    VERIFIER_INDEX (with VERIFIER_INDEX_USER, _TOKEN, _CA and _PROXY), else uv's and pip's variables, else
    `index-url` of pip's configuration files, else the public index. Raises UsageError on a malformed one.
    """
    pip = _pip_configuration(environ)
    named = next((environ[name] for name in _URLS if environ.get(name)), None) or pip.get("index-url")
    url, user, password = _without_credentials(_NAMED.sub("", named or PYPI_SIMPLE_ENDPOINT, count=1))
    ca = next((environ[name] for name in _CAS if environ.get(name)), None) or pip.get("cert")
    return IndexSource(
        url=url,
        user=environ.get("VERIFIER_INDEX_USER") or user,
        password=password,
        token_env=_HELD_IN if environ.get(_HELD_IN) else None,
        ca=Path(ca) if ca else None,
        proxy=next((environ[name] for name in _PROXIES if environ.get(name)), None) or pip.get("proxy"),
    )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = None
    if not usable:
        raise UsageError(say("The package index address is not one of http or https: give https://HOST/PATH/."))
    return parts


def _without_credentials(url: str) -> tuple[str, str | None, str | None]:
    parts = _split(url.strip())
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="")
    return bare.geturl(), _decoded(parts.username), _decoded(parts.password)


def _decoded(text: str | None) -> str | None:
    return None if text is None else unquote(text)


def _pip_configuration(environ: Mapping[str, str]) -> dict[str, str]:
    """The `[global]` section, later files over earlier ones (pip.pypa.io/en/stable/topics/configuration/)."""
    found: dict[str, str] = {}
    for path in _pip_files(environ):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, ValueError) as error:
            raise UsageError(say("pip's configuration cannot be read: mend {path}.", path=path)) from error
        if parser.has_section("global"):
            found |= {key.replace("_", "-"): value for key, value in parser.items("global") if value}
    return found


def _pip_files(environ: Mapping[str, str]) -> Iterator[Path]:
    own = environ.get("PIP_CONFIG_FILE")
    if own == os.devnull:
        return
    for folder in environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":"):
        yield Path(folder, "pip", "pip.conf")
    yield Path("/etc/pip.conf")
    if home := environ.get("HOME"):
        yield Path(home, ".pip", "pip.conf")
        yield Path(environ.get("XDG_CONFIG_HOME") or Path(home, ".config"), "pip", "pip.conf")
    yield Path(sys.prefix, "pip.conf")
    if own:
        yield Path(own)
