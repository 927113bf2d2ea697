"""Help, and what is typed wrong, in both languages."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

import pytest

from verifier import words
from verifier.cli import main, parser, read
from verifier.cli.language import VARIABLES
from verifier.cli.parser import WORDS, speaking
from verifier.errors import UsageError
from verifier.words import NARROW, french, translator

pytestmark = pytest.mark.self

WRONG = [
    (
        [],
        "the following arguments are required: COMMAND; see verifier --help",
        "les arguments suivants sont obligatoires : COMMANDE ; voyez verifier --help",
    ),
    (
        ["assess"],
        "the following arguments are required: DELIVERY; see verifier assess --help",
        "les arguments suivants sont obligatoires : LIVRAISON ; voyez verifier assess --help",
    ),
    (
        ["criteria", "new", "a", "b"],
        "unrecognized arguments: b; see verifier --help",
        "arguments inconnus : b ; voyez verifier --help",
    ),
    (
        ["assess", "a", "--c", "b"],
        (
            "ambiguous option: --c could match --criteria, --contract, --criteria-digest, --cache, --cache-key, "
            "--credential-helper, --ca; "
            "see verifier assess --help"
        ),
        (
            "option ambiguë : --c pourrait désigner --criteria, --contract, --criteria-digest, --cache, --cache-key, "
            "--credential-helper, --ca ; "
            "voyez verifier assess --help"
        ),
    ),
    (
        ["assess", "a", "--dirty=b"],
        "argument --dirty: ignored explicit argument 'b'; see verifier assess --help",
        "argument --dirty : la valeur 'b' n'est pas admise ici ; voyez verifier assess --help",
    ),
    (
        ["assess", "a", "--base"],
        "argument --base: expected one argument; see verifier assess --help",
        "argument --base : une valeur est attendue ; voyez verifier assess --help",
    ),
]
CHOICES = [
    (
        ["nothing"],
        "argument COMMAND: invalid choice: 'nothing' (",
        "argument COMMANDE : choix non valide : 'nothing' (",
    ),
    (["criteria", "a"], "argument ACTION: invalid choice: 'a' (", "argument ACTION : choix non valide : 'a' ("),
    (
        ["show", "a", "--format", "b"],
        "argument --format: invalid choice: 'b' (",
        "argument --format : choix non valide : 'b' (",
    ),
]
"""How the choices are listed differs from one Python to the next."""
HELP = [["--help"], ["criteria", "new", "--help"], ["assess", "--help"]]
ALIKE = {"options", "cache", "ACTION", "FORMAT", "PORT", "OCID", "COMMIT", "DATE", "ID", "URL"}
"""Words of a help text that are spelt alike in both languages."""
NOT_ASKED_OF_US = {"%(heading)s:", "commands", "subcommands", None}
"""A colon, whose space `FrenchHelp` puts there; and, in some versions, our own title or what stands where there is none."""


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    """No language but that of the command line, and a terminal that wraps nothing."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "500")


def spaced(text: str) -> str:
    return re.sub(" (?=[:;])", NARROW, text)


@pytest.mark.parametrize(("typed", "english", "_"), [*WRONG, *CHOICES])
def test_what_is_typed_wrong_is_one_sentence_and_2(typed, english, _, capsys):
    assert main(typed) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"verifier: {english}")


@pytest.mark.parametrize(("typed", "_", "told"), [*WRONG, *CHOICES])
def test_and_one_sentence_of_french(typed, _, told, capsys, monkeypatch):
    monkeypatch.setenv("LANG", "fr_CA.UTF-8")
    assert main(typed) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"verifier: {spaced(told)}")


@pytest.mark.parametrize(("typed", "_", "told"), WRONG[1:], ids=str)
@pytest.mark.parametrize("option", [["--language", "fr"], ["--language=fr"], ["--lang", "fr"]], ids=" ".join)
def test_the_option_decides_before_the_line_is_read(typed, _, told, option, capsys, monkeypatch):
    monkeypatch.setenv("LANG", "en_CA.UTF-8")
    assert main([*option, *typed]) == 2
    assert capsys.readouterr().err == f"verifier: {spaced(told)}\n"


def test_a_language_that_is_none_is_told_in_that_of_the_environment(capsys, monkeypatch):
    monkeypatch.setenv("LANG", "fr_CA.UTF-8")
    assert main(["show", "a", "--language", "de"]) == 2
    assert f"argument --language{NARROW}: choix non valide{NARROW}: 'de'" in capsys.readouterr().err


def test_what_was_typed_cannot_begin_a_line_of_its_own(capsys):
    assert main(["show", "a", "b\nverifier: \x1b[31mc"]) == 2
    assert capsys.readouterr().err == (
        "verifier: unrecognized arguments: b\\u000averifier: \\u001b[31mc; see verifier --help\n"
    )


@pytest.mark.parametrize(
    ("typed", "spoken"),
    [
        (["checkers"], None),
        (["checkers", "--language", "fr"], "fr"),
        (["--language", "fr", "checkers"], "fr"),
        (["--language", "fr", "checkers", "--language", "en"], "en"),
    ],
    ids=str,
)
def test_the_language_stands_before_the_command_or_after_it(typed, spoken):
    assert getattr(read(typed, "en"), "language", None) == spoken


def every(one: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield one
    for action in one._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from every(inner)


def told(one: argparse.ArgumentParser) -> list[str | None]:
    """Every text of a help page, in order."""
    texts = [one.description, one.epilog, *(group.title for group in one._action_groups)]
    for action in one._actions:
        texts += [action.help, action.metavar]
        if isinstance(action, argparse._SubParsersAction):
            texts += [choice.help for choice in action._choices_actions]
    return texts


def test_every_text_of_every_help_is_in_both_languages():
    made = []
    for language in ("en", "fr"):
        with speaking(translator(language)):
            made.append(list(every(parser(language))))
    for english, other in zip(*made, strict=True):
        pairs = list(zip(told(english), told(other), strict=True))
        assert [en for en, fr in pairs if en == fr and en and en not in ALIKE] == []
        assert all(action.help for action in english._actions if not isinstance(action, argparse._SubParsersAction))


def test_every_word_that_argparse_looks_up_is_ours_and_french(monkeypatch):
    """Of every help and of everything that can be typed wrong, on this Python."""
    asked = set()
    monkeypatch.setattr(argparse, "_", lambda message: asked.add(message) or message)
    for typed in [*(typed for typed, *_ in (*WRONG, *CHOICES)), *HELP]:
        with pytest.raises((SystemExit, UsageError)):
            parser("en").parse_args(typed)
    assert asked >= {"usage: ", "invalid choice: %(value)r (choose from %(choices)s)"}
    assert asked - WORDS <= NOT_ASKED_OF_US
    assert [word for word in WORDS if french(word) == word] == ["options"]


def test_help_in_english_needs_no_catalogue(monkeypatch, capsys):
    monkeypatch.setattr(words, "_catalogue", lambda: pytest.fail("the catalogue was read"))
    with pytest.raises(SystemExit) as left:
        main(["assess", "--help"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("usage: verifier assess ")


def test_help_in_french(monkeypatch, capsys):
    with pytest.raises(SystemExit) as left:
        main(["criteria", "new", "--help", "--language", "fr"])
    assert left.value.code == 0
    assert capsys.readouterr().out == spaced(
        "utilisation : verifier criteria new [-h] [--profile NOM] [--language {en,fr}] [FICHIER]\n\n"
        "arguments positionnels :\n"
        "  FICHIER             le fichier à écrire (par défaut : criteria.yml)\n\n"
        "options :\n"
        "  -h, --help          afficher cette aide et terminer\n"
        "  --profile NOM       partir de ce profil fourni (par défaut : micro-ca)\n"
        "  --language {en,fr}  écrire dans cette langue (par défaut : celle de votre environnement, sinon en)\n"
    )


def test_argparse_has_its_own_words_again():
    own = argparse._
    with speaking(translator("fr")):
        assert argparse._("usage: ") == f"utilisation{NARROW}: "
        assert argparse._("of somebody else") == "of somebody else"
    assert argparse._ is own
