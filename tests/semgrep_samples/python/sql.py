import sqlite3

import sqlalchemy as sa
from sqlalchemy import text

db = sqlite3.connect(":memory:")
STATE = "open"


def percent_mapping(cur, name):
    q = "INSERT INTO people (name) " "VALUES ('%(name)s')" % {"name": name}
    # ruleid: sql-quoted-value
    cur.execute(q)


def percent_tuple(cur, name, when):
    # ruleid: sql-quoted-value
    cur.execute("INSERT INTO notes VALUES (NULL, '%s', '%s')" % (name, when))


def joined(cur, name):
    # ruleid: sql-quoted-value
    cur.execute("".join(["SELECT * FROM people WHERE name = '", name, "'"]))
    # ok: sql-quoted-value
    cur.execute("".join(["SELECT * FROM people ", "WHERE name = ?"]), (name,))


def f_string(session, name):
    query = f"SELECT * FROM people WHERE name = '{name}'"
    # ruleid: sql-quoted-value
    return session.execute(text(query))


def f_string_over_lines(session, name):
    # ruleid: sql-quoted-value
    return session.execute(f"""
        SELECT *
        FROM people
        WHERE name = '{name}'
          AND active
    """)


def f_string_like(name):
    # ruleid: sql-quoted-value
    return sa.text(f"SELECT id FROM people WHERE name LIKE '%{name}%'")


def plus(cur, name, word):
    # ruleid: sql-quoted-value
    cur.execute("SELECT * FROM people WHERE name='" + name + "' AND word='" + word + "'")


def formatted(cur, name):
    # ruleid: sql-quoted-value
    cur.execute("SELECT * FROM people WHERE name = '{}'".format(name))


async def awaited(cur, name):
    q = "DELETE FROM people WHERE name = '{who}'".format(who=name)
    # ruleid: sql-quoted-value
    await cur.execute(q)


def double_quotes(cur, name):
    # ruleid: sql-quoted-value
    cur.execute('SELECT * FROM people WHERE name = "%s"' % name)


def parameters(cur, name):
    # ok: sql-quoted-value
    cur.execute("SELECT * FROM people WHERE name = ?", (name,))
    # ok: sql-quoted-value
    cur.execute("SELECT * FROM people WHERE name = %(name)s", {"name": name})
    # ok: sql-quoted-value
    cur.execute("SELECT * FROM people WHERE name = '%(name)s'", {"name": name})


def placeholders(cur, names):
    marks = ", ".join("?" for _ in names)
    # ok: sql-quoted-value
    cur.execute(f"SELECT * FROM people WHERE name IN ({marks})", names)


def table(cur, name):
    # ok: sql-quoted-value
    cur.execute(f'SELECT count(*) FROM "{name}"')
    # ok: sql-quoted-value
    cur.execute(f"SELECT count(*) FROM [{name}]")


def constant(cur):
    # ok: sql-quoted-value
    cur.execute(f"SELECT * FROM people WHERE state = '{STATE}'")


def number(cur, value):
    # ok: sql-quoted-value
    cur.execute(f"SELECT * FROM people WHERE born = '{int(value)}'")


def day(cur, when):
    # ok: sql-quoted-value
    cur.execute("SELECT * FROM people WHERE born = '" + when.isoformat() + "'")


def catalogue(cur, table):
    # ok: sql-quoted-value
    cur.execute(f"SELECT sql FROM sqlite_master WHERE name = '{table}'")


def not_sql(pool, name):
    # ok: sql-quoted-value
    pool.execute(f"greet '{name}'")


def message(name):
    # ok: sql-quoted-value
    return f"Please select a name where '{name}' is not taken"
