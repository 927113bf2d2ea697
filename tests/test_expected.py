"""What each checker is expected to take, and which of them a required criterion hangs on."""

from __future__ import annotations

from verifier import registry
from verifier.expected import GUESSES, decisive, guessed, pieces
from verifier.model import File
from verifier.rulebook import load_profile


def files(number, size=1000):
    return [File(path=f"{n}.py", mode="100644", size=size, sha256="0" * 64) for n in range(number)]


def unknown(_name):
    return None


def test_a_larger_tree_takes_longer_and_a_huge_file_counts_like_a_large_one():
    assert guessed("pylint", files(10)) < guessed("pylint", files(100)) < guessed("pylint", files(100, 100_000))
    assert guessed("scancode", files(1, 10**7)) == guessed("scancode", files(1, 10**9))
    assert guessed("scancode", []) == GUESSES["scancode"].start


def test_what_was_measured_scales_the_guess():
    (was,) = (one for one in pieces(registry.selected(["reuse"], ()), files(10), unknown) if one.name == "reuse")
    (now,) = (
        one for one in pieces(registry.selected(["reuse"], ()), files(10), {"reuse": 3.0}.get) if one.name == "reuse"
    )
    assert now.seconds == 3 * was.seconds


def test_the_environment_is_built_for_those_that_want_it_and_our_own_looks_are_always_made():
    work = {piece.name: piece.after for piece in pieces(registry.selected(["lint"], ()), files(1), unknown)}
    assert work["pylint"] == {"source", "environment"}
    assert work["environment"] == {"source", "secrets"}  # it runs delivered code
    assert work["secrets"] == {"source"}
    assert work["source"] == frozenset()
    assert pieces(registry.selected(["reuse", "environment"], ()), files(1), unknown).__len__() == 3


def test_every_checker_of_ours_has_a_guess():
    assert {checker.name for checker in registry.installed()} == set(GUESSES)


def test_a_required_criterion_hangs_on_the_checkers_that_it_names_or_on_those_of_its_topic():
    criteria = load_profile("micro-ca")
    found = decisive(registry.selected((), ()), criteria)
    assert {"scancode", "bandit", "unicode", "pylint", "tests"} <= found
    assert not {"source", "malware"} & found
