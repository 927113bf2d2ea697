"""The services that a project's own files start: those of its compose files and of its CI, with their databases."""

import re

from .reader import first, table, texts

FILES = re.compile(
    r"(?:.*/)?(?:docker-)?compose[\w.-]*\.ya?ml|\.github/workflows/[^/]+\.ya?ml|\.travis\.yml|\.circleci/config\.yml|\.gitlab-ci\.yml"
)
# What an image is named, as a word of ours; others keep their own name, so that a report can say what is missing.
KINDS = {
    "postgres": "postgresql",
    "postgis": "postgresql",
    "postgresql": "postgresql",
    "redis": "redis",
    "valkey": "redis",
}
OTHERS = (
    "mysql",
    "mariadb",
    "mongo",
    "rabbitmq",
    "elasticsearch",
    "opensearch",
    "localstack",
    "dynamodb-local",
    "memcached",
    "kafka",
)
MAX_NAMED = 100
URL = re.compile(r"(?:postgres(?:ql)?(?:\+\w+)?)://(?:([^:@/\s\"']*)(?::[^@/\s\"']*)?@)?([\w.-]+)?(?::\d+)?/([\w-]+)")


def services(reader):
    """[{name, host, database, user, path, line}], one for each place that names one."""
    found = []
    for path in filter(FILES.fullmatch, reader.files):
        data = reader.yaml(path)
        for host, image, env in _images(data):
            name = _kind(image)
            if name:
                place = {"path": path, "line": reader.line(path, image) or 1}
                found.append({"name": name, "host": host, **_database(env), **place})
        found += _databases(reader, path)
    unique = {}
    for one in found:
        unique.setdefault((one["name"], one["host"], one["database"], one["user"]), one)
    return list(unique.values())


def _database(env):
    return {"database": _named(env.get("POSTGRES_DB")), "user": _named(env.get("POSTGRES_USER"))}


def _named(value):
    """A name that is written out, or the one that stands for an unset variable (`${DB:-app}`)."""
    match = re.fullmatch(r"(?:\$\{\w+:?-([\w-]+)\}|([\w-]+))", first(value))
    return (match[1] or match[2]) if match else ""


def _kind(image):
    last = image.rpartition("/")[2].partition(":")[0].partition("@")[0].lower()
    return KINDS.get(last) or next((other for other in OTHERS if other in last), None)


def _images(data):
    """(host name, image, environment) of everything that is started from an image."""
    jobs = [job for job in table(data, "jobs").values() if isinstance(job, dict)]
    for block in (table(data, "services"), *(table(job, "services") for job in jobs)):
        for host, service in block.items():
            image = service if isinstance(service, str) else table(service).get("image")
            if isinstance(image, str):
                yield str(host), image, _environment(table(service).get("environment") or table(service).get("env"))
    for job in jobs:
        docker = job.get("docker")
        for image in docker[1:] if isinstance(docker, list) else []:
            if isinstance(table(image).get("image"), str):
                yield "", image["image"], table(image, "environment")
    yield from _listed(data)
    if table(data, "addons").get("postgresql"):
        yield "", "postgresql", {}


def _listed(data):
    """Those of a list of names, as Travis and GitLab have it, for all jobs or for one."""
    for block in (table(data), *map(table, table(data).values())):
        listed = block.get("services")
        for one in listed if isinstance(listed, list) else [listed]:
            named = one if isinstance(one, str) else table(one).get("name")
            if isinstance(named, str):
                yield first(table(one).get("alias")), named, {**table(data, "variables"), **table(block, "variables")}


def _environment(value):
    if isinstance(value, dict):
        return value
    return dict(line.split("=", 1) for line in texts(value or []) if "=" in line)


def _databases(reader, path):
    """Databases that a CI file creates by hand or names in an address."""
    text = reader.text(path) or ""
    names = [(match[1], "") for match in re.finditer(r"(?i)create database \\?[\"']?([\w-]+)", text)]
    names += [(match[1], "") for match in re.finditer(r"createdb (?:--[\w-]+=\S+ |-\S+ \S+ )*(\w[\w-]*)", text)]
    names += [(match[3], match[1] or "") for match in URL.finditer(text)]
    return [
        {
            "name": "postgresql",
            "host": "",
            "database": name,
            "user": user,
            "path": path,
            "line": reader.line(path, name) or 1,
        }
        for name, user in names[:MAX_NAMED]
    ]
