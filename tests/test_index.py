"""The index proxy against real loopback indexes: what it serves, refuses and never tells, and uv behind it."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT
from support.loopback_index import Dist, Upstream, ask, authority, base_python, connected, inside, listed, upstream

from verifier.errors import UsageError, WorldError
from verifier.index import IndexServer, IndexSource, Limits, client_environment, configured, serve
from verifier.model import Cause

APP, LIB = Dist(name="demo-app", requires=("demo-lib>=1",)), Dist(name="demo-lib")
SECRET = "s3cret-of-the-index"
NOWHERE = {"PIP_CONFIG_FILE": os.devnull}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Any]:
    """`at(*dists, flaw=..., limits=...)` starts a loopback index and the proxy to it: (upstream, server, socket)."""
    with ExitStack() as stack:

        def start(*dists: Dist, source: dict[str, Any] | None = None, **how: Any) -> tuple[Upstream, IndexServer, Path]:
            proxy = {key: how.pop(key) for key in ("limits", "before", "cache_bytes", "environ") if key in how}
            offer = stack.enter_context(upstream(*dists, **how))
            path = tmp_path / f"{offer.url.split(':')[2].split('/')[0]}.sock"
            index = IndexSource(url=offer.url, **(source or {}))
            server = stack.enter_context(serve(index, path, cache=tmp_path / "cache", **proxy))
            return offer, server, path

        yield start


def _install(path: Path, folder: Path, *wanted: str) -> tuple[int, str]:
    """Uv behind the relay, in a sandbox without network. Exit code and what it printed."""
    argv = ["/uv", "pip", "install", "--no-config", "--python", base_python(), "--target", "/out/site", *wanted]
    folder.mkdir(exist_ok=True)
    done = inside(path, argv, folder, {"UV_CACHE_DIR": "/tmp/uv", **client_environment(8099)})  # noqa: S108 in the sandbox
    return done.returncode, done.stdout + done.stderr


# Which index


@pytest.mark.self
@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({"VERIFIER_INDEX": "https://a.test/s/", "UV_DEFAULT_INDEX": "https://b.test/"}, "https://a.test/s/"),
        ({"UV_DEFAULT_INDEX": "https://b.test/s", "UV_INDEX_URL": "https://c.test/"}, "https://b.test/s"),
        ({"UV_DEFAULT_INDEX": "inner=https://b.test/s"}, "https://b.test/s"),
        ({"UV_INDEX_URL": "https://c.test/s", "PIP_INDEX_URL": "https://d.test/"}, "https://c.test/s"),
        ({"PIP_INDEX_URL": "http://d.test:8080/s"}, "http://d.test:8080/s"),
        ({"VERIFIER_INDEX": ""}, PYPI_SIMPLE_ENDPOINT),
    ],
)
def test_the_configured_index_in_order_of_precedence(environ: dict[str, str], url: str) -> None:
    assert configured({**NOWHERE, **environ}).url == url


@pytest.mark.self
def test_pip_configuration_counts_when_no_variable_does(tmp_path: Path) -> None:
    file = tmp_path / "pip" / "pip.conf"
    file.parent.mkdir()
    file.write_text("[global]\nindex-url = https://u:p%40w@e.test/s\ncert = /ca.pem\nproxy = http://proxy.test:3128\n")
    environ = {"HOME": "/nonexistent", "XDG_CONFIG_HOME": str(tmp_path), "XDG_CONFIG_DIRS": "/nonexistent"}
    source = configured(environ)
    assert (source.url, source.ca, source.proxy) == ("https://e.test/s", Path("/ca.pem"), "http://proxy.test:3128")
    assert source.credentials({}) == ("u", "p@w")
    assert configured({**environ, "PIP_INDEX_URL": "https://f.test/"}).url == "https://f.test/"


@pytest.mark.self
def test_credentials_are_taken_out_of_the_address_and_never_shown() -> None:
    source = configured({**NOWHERE, "PIP_INDEX_URL": f"https://me:{SECRET}@a.test/s"})
    assert (source.url, source.credentials({})) == ("https://a.test/s", ("me", SECRET))
    assert SECRET not in repr(source)


@pytest.mark.self
def test_the_token_is_read_when_it_is_needed() -> None:
    environ = {
        **NOWHERE,
        "VERIFIER_INDEX": "https://a.test/s",
        "VERIFIER_INDEX_TOKEN": SECRET,
        "SSL_CERT_FILE": "/c.pem",
    }
    source = configured(environ)
    assert SECRET not in repr(source)
    assert source.credentials(environ) == ("__token__", SECRET)
    assert source.ca == Path("/c.pem")
    with pytest.raises(UsageError, match="VERIFIER_INDEX_TOKEN"):
        source.credentials({})


@pytest.mark.self
@pytest.mark.parametrize(
    "url", ["ftp://a.test/", "/a/folder", "https://", "https://a.test:port/", "https://[::1/", "https://a.test/?sig=x"]
)
def test_a_malformed_index_address_is_the_callers_error(url: str) -> None:
    with pytest.raises(UsageError, match="package index address"):
        configured({**NOWHERE, "VERIFIER_INDEX": url})


@pytest.mark.self
def test_a_source_refuses_credentials_in_its_address() -> None:
    with pytest.raises(UsageError) as caught:
        IndexSource(url=f"https://me:{SECRET}@a.test/")
    assert SECRET not in str(caught.value)


@pytest.mark.self
def test_unreadable_pip_configuration_is_said(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("index-url = https://a.test/\n")
    with pytest.raises(UsageError, match=r"pip\.conf"):
        configured({"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")})


# Pages


def test_a_page_keeps_what_the_index_tells(at: Any) -> None:
    old = Dist(name="demo-lib", version="0.9", yanked="broken")
    _, server, path = at(LIB, old)
    files = listed(path, "demo-lib")
    assert files[LIB.filename] == {
        "filename": LIB.filename,
        "url": f"../../files/demo-lib/{LIB.filename}",
        "hashes": {"sha256": hashlib.sha256(LIB.content).hexdigest()},
        "requires-python": ">=3.7",
        "size": len(LIB.content),
        "upload-time": "2024-05-01T12:00:00Z",
        "yanked": False,
        "core-metadata": {"sha256": hashlib.sha256(LIB.metadata).hexdigest()},
        "dist-info-metadata": {"sha256": hashlib.sha256(LIB.metadata).hexdigest()},
    }
    assert files[old.filename]["yanked"] == "broken"
    assert server.trouble is None


def test_an_html_page_is_read_as_uv_reads_it(at: Any) -> None:
    yanked = Dist(name="demo-lib", version="0.9", yanked="broken")
    _, _, path = at(LIB, yanked, html=True)
    files = listed(path, "demo-lib")
    assert sorted(files) == [yanked.filename, LIB.filename]
    assert files[LIB.filename]["requires-python"] == ">=3.7"
    assert files[LIB.filename]["core-metadata"] == {"sha256": hashlib.sha256(LIB.metadata).hexdigest()}
    assert files[yanked.filename]["yanked"] == "broken"


def test_files_uploaded_later_are_left_out(at: Any) -> None:
    new = Dist(name="demo-lib", version="2.0", uploaded="2024-06-01T00:00:00.5Z")
    _, server, path = at(LIB, new, before=datetime(2024, 6, 1, tzinfo=UTC))
    assert list(listed(path, "demo-lib")) == [LIB.filename]
    assert ask(path, f"/files/demo-lib/{new.filename}")[0] == 404
    assert server.undated == ()


def test_an_index_that_tells_no_dates_is_noted(at: Any) -> None:
    _, server, path = at(LIB, html=True, before=datetime(2000, 1, 1, tzinfo=UTC))
    assert list(listed(path, "demo-lib")) == [LIB.filename]
    assert server.undated == ("demo-lib",)


def test_a_moment_without_time_zone_is_refused(tmp_path: Path) -> None:
    source = IndexSource(url="https://a.test/")
    naive = datetime(2024, 1, 1)  # noqa: DTZ001 that is the mistake
    with pytest.raises(ValueError, match="time zone"), serve(source, tmp_path / "s", cache=tmp_path, before=naive):
        pass


def test_no_such_project_is_not_a_trouble(at: Any) -> None:
    _, server, path = at(LIB)
    status, body = ask(path, "/simple/no-such-thing/")
    assert (status, json.loads(body)["detail"]) == (404, "The package index has no project named no-such-thing.")
    assert server.trouble is None


def test_an_address_without_an_index_is_a_trouble(at: Any) -> None:
    _, server, path = at(LIB, flaw="elsewhere")
    assert ask(path, "/simple/demo-lib/")[0] == 404
    assert "check its address" in server.trouble
    assert server.cause is Cause.NETWORK


def test_a_sign_in_page_is_not_an_empty_project(at: Any) -> None:
    _, server, path = at(LIB, flaw="portal")
    assert ask(path, "/simple/demo-lib/")[0] == 502
    assert "did not answer with an index page" in server.trouble


def test_pages_are_asked_for_once(at: Any) -> None:
    offer, _, path = at(LIB)
    for _ in range(3):
        listed(path, "demo-lib")
        ask(path, "/simple/Demo_Lib")
        ask(path, "/simple/absent/")
    assert [asked for asked, _ in offer.asked] == ["/simple/demo-lib/", "/simple/absent/"]


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/simple/",
        "/simple/..%2f..%2fetc/",
        "/simple/a%20b/",
        f"/simple/{'x' * 5000}/",
        "/files//x",
        "/files/demo-lib/..%2f..%2fpasswd",
        "/files/demo-lib/other.whl",
        "http://127.0.0.1:9/simple/x/y",
    ],
)
def test_nothing_else_is_served(at: Any, target: str) -> None:
    offer, server, path = at(LIB)
    assert ask(path, target)[0] == 404
    assert {asked for asked, _ in offer.asked} <= {"/simple/demo-lib/", f"/simple/{'x' * 255}/"}
    assert server.trouble is None


@pytest.mark.parametrize(("method", "status"), [("HEAD", 405), ("POST", 501), ("PUT", 501), ("CONNECT", 501)])
def test_only_get_is_answered(at: Any, method: str, status: int) -> None:
    offer, _, path = at(LIB)
    assert ask(path, "/simple/demo-lib/", method)[0] == status
    assert offer.asked == []


# Files


def _file(path: Path, dist: Dist = LIB, suffix: str = "") -> tuple[int, bytes]:
    return ask(path, f"/files/{dist.name}/{dist.filename}{suffix}")


@pytest.mark.parametrize("how", [{}, {"html": True}, {"hashed": False}, {"flaw": "redirect"}, {"flaw": "encoded"}])
def test_files_and_their_metadata_arrive_whole(at: Any, how: dict[str, Any]) -> None:
    _, server, path = at(LIB, **how)
    assert _file(path) == (200, LIB.content)
    assert _file(path, suffix=".metadata") == (200, LIB.metadata)
    assert server.trouble is None
    assert [(r.name, r.file, r.status, r.bytes) for r in server.requests] == [
        ("demo-lib", LIB.filename, 200, len(LIB.content)),
        ("demo-lib", f"{LIB.filename}.metadata", 200, len(LIB.metadata)),
    ]


def _kept(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "cache").rglob("*") if path.is_file())


def test_bytes_without_the_advertised_digest_reach_nobody(at: Any, tmp_path: Path) -> None:
    _, server, path = at(LIB, flaw="other bytes")
    status, body = _file(path)
    assert status == 502
    assert b"not PK" not in body
    assert "do not have the digest" in server.trouble
    assert _kept(tmp_path) == []


def test_a_cached_file_is_not_asked_for_again_but_still_has_to_be_listed(at: Any) -> None:
    first, _, path = at(LIB)
    assert _file(path) == (200, LIB.content)
    again, _, path = at(LIB)
    assert _file(path) == (200, LIB.content)
    assert (len(first.paths("/packages/")), again.paths("/packages/")) == (1, [])
    _, _, path = at(APP)
    assert _file(path)[0] == 404


def test_a_damaged_cache_entry_is_fetched_again(at: Any, tmp_path: Path) -> None:
    _, _, path = at(LIB)
    _file(path)
    _kept(tmp_path)[0].write_bytes(b"something else")
    assert _file(path) == (200, LIB.content)
    assert _kept(tmp_path)[0].read_bytes() == LIB.content


def test_without_a_digest_nothing_is_kept(at: Any, tmp_path: Path) -> None:
    offer, _, path = at(LIB, hashed=False, described=False)
    assert [_file(path), _file(path)] == [(200, LIB.content)] * 2
    assert (_kept(tmp_path), len(offer.paths("/packages/"))) == ([], 2)


def test_the_cache_is_bounded_and_what_was_used_longest_ago_goes(at: Any, tmp_path: Path) -> None:
    dists = [Dist(name="demo-lib", version=f"{number}.0", padding=10_000) for number in range(4)]
    size = len(dists[0].content)
    _, _, path = at(*dists, cache_bytes=size * 5 // 2)
    for number in (0, 1, 0, 2):  # 1 is the oldest when 2 comes
        assert _file(path, dists[number]) == (200, dists[number].content)
    digests = {hashlib.sha256(dists[number].content).hexdigest() for number in (0, 2)}
    assert {kept.name for kept in _kept(tmp_path)} == digests


def test_a_file_larger_than_the_cache_is_still_served(at: Any, tmp_path: Path) -> None:
    _, _, path = at(LIB, cache_bytes=10)
    assert _file(path) == (200, LIB.content)
    assert _kept(tmp_path) == []


def test_leftovers_of_a_killed_run_are_removed(at: Any, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "ab"
    folder.mkdir(parents=True)
    for name, age in (("old.part", 90_000), ("new.part", 0)):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - age,) * 2)
    at(LIB)
    assert [kept.name for kept in _kept(tmp_path)] == ["new.part"]


def test_many_clients_at_once_cost_one_download(at: Any) -> None:
    big = Dist(name="demo-lib", padding=2_000_000)
    offer, server, path = at(big)
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: _file(path, big), range(80)))
    assert set(answers) == {(200, big.content)}
    assert [asked for asked, _ in offer.asked] == ["/simple/demo-lib/", f"/packages/{big.filename}"]
    assert server.trouble is None


def test_connections_beyond_the_limit_are_closed(at: Any) -> None:
    _, _, path = at(LIB, limits=Limits(clients=2))
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(connected(path))
        time.sleep(0.2)
        with pytest.raises(OSError):  # noqa: PT011 reset or no answer, by timing
            ask(path, "/simple/demo-lib/")
    time.sleep(0.2)
    assert ask(path, "/simple/demo-lib/")[0] == 200


def test_nothing_answers_once_it_is_over(tmp_path: Path) -> None:
    path = tmp_path / ("deep" * 40) / "index.sock"  # longer than the address of a socket may be
    path.parent.mkdir()
    with upstream(LIB) as offer, serve(IndexSource(url=offer.url), path, cache=tmp_path / "cache"):
        held = connected(path)
        held.sendall(b"GET / HTTP/1.1\r\n\r\n")
        answer = b""
        while not answer.endswith(b"}"):
            answer += held.recv(1 << 16)
        assert answer.startswith(b"HTTP/1.1 404")
    with held:
        assert held.recv(1) == b""
    assert not path.exists()


def test_a_socket_that_cannot_be_made_is_the_worlds_doing(tmp_path: Path) -> None:
    source = IndexSource(url="https://a.test/")
    with pytest.raises(WorldError, match="No such file"), serve(source, tmp_path / "no" / "s", cache=tmp_path / "c"):
        pass
    (tmp_path / "file").touch()
    with pytest.raises(WorldError, match="File exists"), serve(source, tmp_path / "s", cache=tmp_path / "file"):
        pass


# Limits


@pytest.mark.parametrize(
    ("limits", "status"),
    [
        (Limits(file_bytes=100), 413),
        (Limits(run_bytes=100), 413),
        (Limits(page_bytes=100), 413),
        (Limits(pages_bytes=100), 413),
        (Limits(requests=0), 429),
    ],
)
def test_over_a_limit_is_refused_and_recorded(at: Any, limits: Limits, status: int) -> None:
    _, server, path = at(LIB, limits=limits)
    answer, body = _file(path)
    assert answer == status
    assert json.loads(body)["detail"] == server.trouble
    assert server.cause is Cause.LIMIT
    assert [(r.file, r.status, r.bytes) for r in server.requests] == [(LIB.filename, status, 0)]


def test_the_limit_on_a_file_does_not_believe_the_index(at: Any, tmp_path: Path) -> None:
    _, server, path = at(Dist(name="demo-lib", padding=500_000), html=True, limits=Limits(file_bytes=100_000))
    assert _file(path)[0] == 413
    assert server.cause is Cause.LIMIT
    assert _kept(tmp_path) == []


def test_cached_bytes_count_as_well(at: Any) -> None:
    _, server, path = at(LIB, limits=Limits(run_bytes=len(LIB.content) * 2))
    assert [_file(path)[0] for _ in range(3)] == [200, 200, 413]
    assert server.cause is Cause.LIMIT


def test_no_space_is_a_limit_and_leaves_nothing(at: Any, tmp_path: Path) -> None:
    _, server, path = at(Dist(name="demo-lib", padding=100_000))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        assert _file(path)[0] == 507
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "cannot be kept here" in server.trouble
    assert server.cause is Cause.LIMIT
    assert _kept(tmp_path) == []


# An upstream with flaws


def test_an_answer_of_500_is_a_trouble(at: Any) -> None:
    _, server, path = at(LIB, flaw="500")
    assert ask(path, "/simple/demo-lib/")[0] == 502
    assert server.trouble.endswith("answered 500.")


@pytest.mark.parametrize(
    ("flaw", "limits", "says"),
    [
        ("silent", Limits(silence=0.3), "silent for too long"),
        ("drip", Limits(seconds=0.5), "did not answer within 0.5 s"),
    ],
)
def test_a_slow_index_is_given_up(at: Any, flaw: str, limits: Limits, says: str) -> None:
    _, server, path = at(LIB, flaw=flaw, limits=limits)
    start = time.monotonic()
    assert ask(path, "/simple/demo-lib/")[0] == 504
    assert time.monotonic() - start < 2
    assert says in server.trouble


def test_what_ends_with_the_run_is_no_trouble(tmp_path: Path) -> None:
    with upstream(LIB, flaw="drip") as offer:
        with serve(IndexSource(url=offer.url), tmp_path / "s", cache=tmp_path / "c") as server:
            held = connected(tmp_path / "s")
            held.sendall(b"GET /simple/demo-lib/ HTTP/1.1\r\n\r\n")
            while not offer.asked:
                time.sleep(0.01)
        with held:
            held.recv(1)
        time.sleep(0.2)
    assert (server.trouble, server.requests) == (None, ())


def test_an_answer_cut_in_the_middle_is_a_trouble(at: Any) -> None:
    _, server, path = at(LIB, flaw="half")
    assert ask(path, "/simple/demo-lib/")[0] == 502
    assert server.trouble


def test_an_unreachable_index_is_a_trouble(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        source = IndexSource(url=f"http://127.0.0.1:{closed.getsockname()[1]}/simple/")
        with serve(source, tmp_path / "s", cache=tmp_path / "c") as server:
            assert ask(tmp_path / "s", "/simple/demo-lib/")[0] == 502
    assert server.trouble is not None
    assert server.trouble.endswith("cannot be reached.")
    assert server.cause is Cause.NETWORK


def test_an_index_that_recovers_is_asked_again(at: Any) -> None:
    offer, _, path = at(LIB, flaw="500")
    assert ask(path, "/simple/demo-lib/")[0] == 502
    offer.flaw = ""
    assert ask(path, "/simple/demo-lib/")[0] == 200


# Credentials, certificates, proxies


def test_credentials_go_to_the_index_and_nowhere_else(at: Any) -> None:
    stranger, _, _ = at(LIB)
    offer, server, path = at(
        LIB,
        credentials=("me", SECRET),
        files_at=stranger.url.removesuffix("/simple/"),
        source={"user": "me", "token_env": "TOKEN"},
        environ={"TOKEN": SECRET},
    )
    assert _file(path) == (200, LIB.content)
    assert [seen is not None for _, seen in offer.asked] == [True]
    assert [(asked, seen) for asked, seen in stranger.asked] == [(f"/packages/{LIB.filename}", None)]
    assert server.trouble is None


def test_refused_credentials_are_a_trouble_that_does_not_tell_them(at: Any) -> None:
    _, server, path = at(LIB, credentials=("me", "another"), source={"user": "me", "password": SECRET})
    status, body = ask(path, "/simple/demo-lib/")
    assert status == 502
    assert "credentials are missing or not accepted" in server.trouble
    assert SECRET not in server.trouble + body.decode()


def test_an_own_authority_is_needed_and_enough(at: Any, tmp_path: Path) -> None:
    pem, context = authority(tmp_path)
    _, server, path = at(LIB, tls=context, source={"ca": pem})
    assert _file(path) == (200, LIB.content)
    assert server.trouble is None
    _, server, path = at(LIB, tls=context)
    assert ask(path, "/simple/demo-lib/")[0] == 502
    assert "VERIFIER_INDEX_CA" in server.trouble


def test_a_missing_authority_is_the_callers_error(tmp_path: Path) -> None:
    source = IndexSource(url="https://a.test/", ca=tmp_path / "absent.pem")
    with pytest.raises(UsageError, match=r"absent\.pem"), serve(source, tmp_path / "s", cache=tmp_path / "c"):
        pass


def test_a_redirect_from_https_to_http_is_not_followed(at: Any, tmp_path: Path) -> None:
    pem, context = authority(tmp_path)
    plain, _, _ = at(LIB)
    offer, server, path = at(LIB, tls=context, source={"ca": pem}, flaw="redirect")
    offer.moved_to = plain.url.removesuffix("/simple/")
    assert _file(path)[0] == 502
    assert "https to http" in server.trouble
    assert plain.asked == []


def test_a_proxy_is_used_and_its_failure_named(at: Any, tmp_path: Path) -> None:
    proxy, _, _ = at(LIB)  # a plain proxy is asked for whole addresses
    source = IndexSource(url="http://index.invalid/simple/", proxy=proxy.url.removesuffix("/simple/"))
    with serve(source, tmp_path / "s", cache=tmp_path / "c"):
        ask(tmp_path / "s", "/simple/demo-lib/")
    assert [asked for asked, _ in proxy.asked] == ["http://index.invalid/simple/demo-lib/"]
    unusable = IndexSource(url="https://index.invalid/simple/", proxy=f"http://me:{SECRET}@127.0.0.1:9")
    with serve(unusable, tmp_path / "s", cache=tmp_path / "c") as server:
        ask(tmp_path / "s", "/simple/demo-lib/")
    assert server.trouble is not None
    assert "proxy" in server.trouble
    assert SECRET not in server.trouble


# uv, in a sandbox


@pytest.mark.parametrize("how", [{}, {"html": True}, {"html": True, "described": False, "hashed": False}])
def test_uv_installs_behind_the_relay(at: Any, tmp_path: Path, how: dict[str, Any]) -> None:
    _, server, path = at(APP, LIB, **how)
    code, printed = _install(path, tmp_path / "out", "demo-app")
    assert code == 0, printed
    assert (tmp_path / "out" / "site" / "demo_lib.py").is_file()
    assert {r.file for r in server.requests if r.file.endswith(".whl")} == {APP.filename, LIB.filename}
    assert server.trouble is None


def test_uv_says_what_the_proxy_says(at: Any, tmp_path: Path) -> None:
    _, server, path = at(LIB, flaw="500")
    code, printed = _install(path, tmp_path / "out", "demo-lib")
    assert code != 0
    assert server.trouble in " ".join(printed.split())


LOOK_AROUND = """
import glob, json, os, socket, sys, urllib.request
seen = [json.dumps(dict(os.environ))]
for name in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline"):
    try:
        seen.append(open(name, errors="replace").read())
    except OSError:
        pass
for path in ("/simple/demo-lib/", "/simple/absent/", "/"):
    try:
        answer = urllib.request.urlopen("http://127.0.0.1:8099" + path)
    except urllib.error.HTTPError as error:
        answer = error
    seen.append(str(answer.headers) + answer.read().decode())
def reach(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=3).close()
    except OSError as error:
        return type(error).__name__
    return "reached"
print(json.dumps({"seen": seen, "upstream": reach(int(sys.argv[1])), "relay": reach(8099),
                  "interfaces": [name for _, name in socket.if_nameindex()]}))
"""


def test_inside_there_is_the_index_and_nothing_else(at: Any, tmp_path: Path) -> None:
    credentials = {"credentials": ("me", SECRET), "source": {"user": "me", "password": SECRET}}
    offer, _, path = at(LIB, **credentials)
    port = offer.url.split(":")[2].split("/")[0]
    done = inside(path, [base_python(), "-c", LOOK_AROUND, port], tmp_path, client_environment(8099))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["upstream"], found["relay"], found["interfaces"]) == ("ConnectionRefusedError", "reached", ["lo"])
    everything = "\n".join(found["seen"])
    assert LIB.filename in everything
    assert SECRET not in everything
    assert f":{port}" not in everything  # nor where the index is


def test_a_second_installation_takes_its_files_from_the_cache(at: Any, tmp_path: Path) -> None:
    dists = [Dist(name=f"demo-{number}", padding=200_000) for number in range(20)]
    seconds = []
    for number in range(2):
        offer, _, path = at(*dists)
        start = time.monotonic()
        code, printed = _install(path, tmp_path / f"out{number}", *(dist.name for dist in dists))
        seconds.append(time.monotonic() - start)
        assert code == 0, printed
    assert offer.paths("/packages/") == []
    sys.stderr.write(f"20 wheels, cold {seconds[0]:.2f} s, cached {seconds[1]:.2f} s\n")


@pytest.mark.network
def test_a_real_package_comes_from_the_configured_index(tmp_path: Path) -> None:
    with serve(configured(os.environ), tmp_path / "s", cache=tmp_path / "cache") as server:
        code, printed = _install(tmp_path / "s", tmp_path / "out", "six")
    assert code == 0, (printed, server.trouble)
    assert (tmp_path / "out" / "site" / "six.py").is_file()


def test_two_runs_at_once_share_a_cache(at: Any, tmp_path: Path) -> None:
    big = Dist(name="demo-lib", padding=1_000_000)
    paths = [at(big)[2] for _ in range(2)]
    answers: list[tuple[int, bytes]] = []
    threads = [threading.Thread(target=lambda p=path: answers.append(_file(p, big))) for path in paths * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(200, big.content)] * 10
    assert len(_kept(tmp_path)) == 1
