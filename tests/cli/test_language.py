"""verifier.cli.language: the option, then the environment by POSIX's order, then English."""

from __future__ import annotations

from argparse import Namespace

import pytest

from verifier.cli import main
from verifier.cli.language import VARIABLES, language
from verifier.words import NARROW


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "fr_CA.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "en_CA.UTF-8"}, "en"),
        ({"LANG": "fr_CA.UTF-8", "LC_MESSAGES": "en_CA.UTF-8"}, "en"),
        ({"LANG": "en_CA.UTF-8", "LC_MESSAGES": "fr_CA.UTF-8"}, "fr"),
        ({"LC_MESSAGES": "fr_CA.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "fr_CA.UTF-8", "LC_ALL": ""}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_environment_decides_where_no_option_does(environment, spoken, monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language() == language(Namespace()) == language(Namespace(language=None)) == spoken
    assert language(Namespace(language="fr")) == "fr"
    assert language(Namespace(language="en")) == "en"


def test_an_error_is_told_in_the_language_of_the_environment(monkeypatch, capsys):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "fr_CA.UTF-8")
    assert main(["criteria", "check", "nowhere.yml"]) == 2
    assert main(["assess", "nowhere.tar", "--only", "security"]) == 2
    french = capsys.readouterr().err
    assert f"verifier: nowhere.yml{NARROW}: ce fichier n'existe pas\n" in french
    assert "verifier: Il n'y a ni fichier ni dossier nowhere.tar.\n" in french


def test_an_error_inside_a_criteria_file_is_one_sentence_in_french(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("LC_ALL", "fr_CA.UTF-8")
    file = tmp_path / "own.yml"
    file.write_text("profile: own\nversion: 1\nextends: micro-ca\ncriteria:\n  - id: tests.coverage\n    levle: must\n")
    assert main(["criteria", "check", str(file)]) == 2
    assert capsys.readouterr().err == (
        f"verifier: {file}:6:5: clé inconnue{NARROW}: «{NARROW}levle{NARROW}» dans le critère "
        f"«{NARROW}tests.coverage{NARROW}» (vouliez-vous dire «{NARROW}level{NARROW}»{NARROW}?)\n"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["show", "none"], f"none ne peut pas être lu{NARROW}: No such file or directory.\n"),
        (["show", "other.json"], "Ce fichier n'est pas un rapport d'une version que ce verifier sait lire.\n"),
        (["show", "broken.json"], f"broken.json n'est pas du JSON{NARROW}: ligne 2, colonne 5.\n"),
        (["show", "latin.json"], f"latin.json n'est pas du JSON{NARROW}: ce n'est pas du texte en UTF-8.\n"),
        (["assess", ".", "--criteria", "a", "--profile", "b"], "Donnez --criteria ou --profile, mais pas les deux.\n"),
        (["assess", ".", "--output", "json=no/x.json"], "Le dossier de no/x.json n'existe pas.\n"),
        (
            ["assess", ".", "--output", "json=-", "--output", "md=-"],
            "Un seul document peut aller à la sortie standard.\n",
        ),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_what_was_typed_wrong_is_told_in_french(words, told, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.json").write_text("{}")
    (tmp_path / "broken.json").write_text('{\n "a"')
    (tmp_path / "latin.json").write_bytes('{"a": "é"}'.encode("latin-1"))
    monkeypatch.setenv("LC_ALL", "fr_CA.UTF-8")
    assert main(words) == 2
    assert capsys.readouterr().err == f"verifier: {told}"
