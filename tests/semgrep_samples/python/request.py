import json
import os
import pickle
import shlex
import sqlite3
import subprocess
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

import yaml
from flask import Flask, render_template_string, request
from werkzeug.utils import secure_filename

app = Flask(__name__)
db = sqlite3.connect(":memory:")
SORTS = {"name": "name", "born": "born"}


@app.route("/sum")
def total():
    # ruleid: request-to-eval
    return str(eval(request.args["expression"]))


@app.route("/plain")
def plain():
    # ok: request-to-eval
    return json.loads(request.data)


@app.get("/ping/<host>")
def ping(host):
    # ruleid: request-to-shell
    os.system("ping -c 1 " + host)
    # ok: request-to-shell
    os.system("ping -c 1 " + shlex.quote(host))
    # ok: request-to-shell
    subprocess.run(["ping", "-c", "1", host], check=False)


@app.post("/import")
def take_in():
    # ruleid: request-to-object
    parcels = pickle.loads(request.get_data())
    # ruleid: request-to-object
    more = yaml.load(request.data, Loader=yaml.Loader)
    # ok: request-to-object
    safe = yaml.safe_load(request.data)
    return [parcels, more, safe]


@app.get("/people")
def people():
    name = request.args.get("name")
    query = f"SELECT * FROM people WHERE name = {name}"
    # ruleid: request-to-sql
    db.execute(query)
    # ruleid: request-to-sql
    db.execute("SELECT * FROM people ORDER BY %s" % request.args["sort"])
    # ok: request-to-sql
    db.execute("SELECT * FROM people WHERE name = ?", (name,))
    # ok: request-to-sql
    db.execute("SELECT * FROM people LIMIT %d" % int(request.args["limit"]))
    # ok: request-to-sql
    Both(Permitted(), Complete()).execute(Application(request.args["application"]))
    # ruleid: request-to-sql
    Session().execute("SELECT * FROM people ORDER BY %s" % request.args["sort"])
    # ruleid: request-to-sql
    g.db.connect().execute("SELECT * FROM people ORDER BY %s" % request.args["sort"])


def django_view(request):
    # ruleid: request-to-sql
    return db.execute("SELECT * FROM people WHERE id = " + request.GET["id"])


async def aiohttp_view(request):
    data = await request.post()
    # ruleid: request-to-sql
    await db.execute("DELETE FROM people WHERE id = {}".format(data["id"]))


@app.get("/hello")
def hello():
    # ruleid: request-to-template
    return render_template_string("<p>" + request.args["name"] + "</p>")


@app.get("/bye")
def bye():
    # ok: request-to-template
    return render_template_string("<p>{{ name }}</p>", name=request.args["name"])


@app.get("/file")
def file():
    # ruleid: request-to-path
    with open("files/" + request.args["name"]) as wanted:
        content = wanted.read()
    # ok: request-to-path
    with open("files/" + secure_filename(request.args["name"])) as wanted:
        return content + wanted.read()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path, query = self.path.split("?", 1) if "?" in self.path else (self.path, "")
        values = parse_qs(query)
        # ruleid: request-to-shell
        subprocess.run("nslookup " + values["domain"][0], shell=True, check=False)
        # ruleid: request-to-object
        pickle.loads(values["object"][0].encode())
        # ok: request-to-shell
        subprocess.run(["nslookup", values["domain"][0]], check=False)

    def do_HEAD(self):
        query = self.path.partition("?")[2]
        values = dict((part.group("name"), unquote(part.group("value"))) for part in re.finditer(PART, query))
        # ruleid: request-to-object
        pickle.loads(values["object"].encode())
        # ruleid: request-to-shell
        subprocess.run("nslookup " + values["domain"], shell=True, check=False)
        numbers = [int(part) for part in query.split("&")]
        # ok: request-to-shell
        subprocess.run("seq " + str(numbers[0]), shell=True, check=False)
        known = [part for part in query.split("&") if part in PARTS]
        # ok: request-to-shell
        subprocess.run("echo " + known[0], shell=True, check=False)
        places = ", ".join(["?" for _ in query.split("&")])
        # ok: request-to-sql
        connection.execute("SELECT name FROM people WHERE id IN (" + places + ")", numbers)

    def do_POST(self):
        # ruleid: request-to-eval
        exec(self.rfile.read(100))


def not_web(expression):
    # ok: request-to-eval
    return eval(expression)
