"""The services that a project's own files start."""

from __future__ import annotations

import pytest
from support.delivered import reader

from verifier.inside.project import services

pytestmark = pytest.mark.self


def found(tmp_path, name, text):
    return [
        (one["name"], one["host"], one["database"], one["user"])
        for one in services(reader(tmp_path, {name: text} if name else {}))
    ]


ENV = "environment: {POSTGRES_DB: app, POSTGRES_USER: me}"


@pytest.mark.parametrize(
    ("name", "text", "host"),
    [
        ("docker-compose.yml", f"services: {{db: {{image: 'postgres:14', {ENV}}}}}", "db"),
        ("deploy/compose.test.yaml", f"services: {{db: {{image: postgres, {ENV}}}}}", "db"),
        (
            "compose.yml",
            "services:\n  db:\n    image: postgres\n    environment:\n    - POSTGRES_DB=app\n    - POSTGRES_USER=me\n",
            "db",
        ),
        (
            "compose.yml",
            "services: {db: {image: postgres, environment: {POSTGRES_DB: '${DB:-app}', POSTGRES_USER: '${ME-me}'}}}",
            "db",
        ),
        (
            ".github/workflows/ci.yml",
            "jobs: {a: {services: {pg: {image: postgis/postgis:15-3, env: {POSTGRES_DB: app, POSTGRES_USER: me}}}}}",
            "pg",
        ),
        (
            ".circleci/config.yml",
            f"jobs: {{a: {{docker: [{{image: cimg/python}}, {{image: 'cimg/postgres:14', {ENV}}}]}}}}",
            "",
        ),
        (
            ".gitlab-ci.yml",
            "variables: {POSTGRES_DB: app}\na: {variables: {POSTGRES_USER: me}, services: [{name: 'postgres:14', alias: db}]}",
            "db",
        ),
        (".gitlab-ci.yml", "variables: {POSTGRES_DB: app, POSTGRES_USER: me}\nservices: [postgres]", ""),
    ],
)
def test_a_database_is_told_with_its_names(tmp_path, name, text, host):
    assert found(tmp_path, name, text) == [("postgresql", host, "app", "me")]


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        ("redis:7-alpine", "redis"),
        ("valkey/valkey", "redis"),
        ("registry.example.org:5000/library/postgres@sha256:0", "postgresql"),
        ("bitnami/postgresql:15", "postgresql"),
        ("mysql:8", "mysql"),
        ("docker.elastic.co/elasticsearch/elasticsearch:8", "elasticsearch"),
        ("confluentinc/cp-kafka", "kafka"),
    ],
)
def test_an_image_is_known_by_its_name(tmp_path, image, kind):
    assert found(tmp_path, "compose.yml", f"services: {{x: {{image: '{image}'}}}}") == [(kind, "x", "", "")]


@pytest.mark.parametrize("image", ["python:3.10", "nginx", "prom/postgres-exporter", "''", "[postgres]"])
def test_other_images_are_no_service_of_tests(tmp_path, image):
    assert found(tmp_path, "compose.yml", f"services: {{x: {{image: {image}}}, y: {{build: .}}, z: }}") == []


@pytest.mark.parametrize(
    "text", ["services: [postgresql, docker]", "services: postgresql", "addons: {postgresql: '9.6'}"]
)
def test_travis_names_its_services(tmp_path, text):
    assert found(tmp_path, ".travis.yml", text) == [("postgresql", "", "", "")]


@pytest.mark.parametrize(
    ("step", "database", "user"),
    [
        ("psql -c 'create database app;' -U postgres", "app", ""),
        ('psql -c "CREATE DATABASE \\"app\\""', "app", ""),
        ("createdb app", "app", ""),
        ("createdb -h localhost -U postgres app", "app", ""),
        ("createdb --username=postgres app", "app", ""),
        ("DATABASE_URL=postgres://me:secret@localhost:5432/app pytest", "app", "me"),
        ("DATABASE_URL=postgresql+psycopg2://localhost/app pytest", "app", ""),
        ("DATABASE_URL=postgres:///app pytest", "app", ""),
    ],
)
def test_a_database_that_ci_makes_or_names_is_told(tmp_path, step, database, user):
    assert found(tmp_path, ".travis.yml", f"script:\n- |\n  {step}\n") == [("postgresql", "", database, user)]


@pytest.mark.parametrize("step", ["createdb --username=postgres", "mysql://me@localhost/app", "postgres://localhost"])
def test_what_names_no_database_is_none(tmp_path, step):
    assert found(tmp_path, ".travis.yml", f"script: {step}") == []


@pytest.mark.parametrize("value", ["$DB", "${DB}", "a; drop", "{a: b}"])
def test_a_name_that_is_not_written_out_is_not_guessed(tmp_path, value):
    text = f"services:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_DB: {value}\n"
    assert found(tmp_path, "compose.yml", text) == [("postgresql", "db", "", "")]


def test_a_service_is_told_once_with_its_first_place(tmp_path):
    compose = "services:\n  db:\n    image: postgres:14\n"
    tree = reader(tmp_path, {"a/compose.yml": "# x\n" + compose, "compose.yml": compose})
    (one,) = services(tree)
    assert (one["path"], one["line"]) == ("a/compose.yml", 4)


@pytest.mark.parametrize("name", ["docs/example.yml", "composer.json", "kubernetes/db.yml", ".github/dependabot.yml"])
def test_other_files_start_nothing(tmp_path, name):
    assert found(tmp_path, name, "services: {db: {image: postgres}}") == []


@pytest.mark.parametrize(
    "text", ["services: 3", "services: [{}, 3, [x]]", "jobs: {a: {docker: x, services: [y]}, b: 1}", "- x", "["]
)
def test_other_shapes_hold_no_service(tmp_path, text):
    assert found(tmp_path, ".circleci/config.yml", text) == []


def test_a_flood_of_databases_is_bounded(tmp_path):
    text = "".join(f"# createdb app{number}\n" for number in range(5000))
    assert len(found(tmp_path, ".travis.yml", text)) == 100
