const { exec, execFile } = require("child_process");
const express = require("express");
const db = require("./db");

const app = express();

app.get("/sum", (req, res) => {
  // ruleid: js-request-to-eval
  res.json(eval(req.query.expression));
  // ok: js-request-to-eval
  res.json(JSON.parse(req.query.expression));
});

app.get("/ping", (req, res) => {
  const host = req.query.host;
  // ruleid: js-request-to-shell
  exec("ping -c 1 " + host, () => res.end());
  // ruleid: js-request-to-shell
  exec(`ping -c 1 ${req.params.host}`);
  // ok: js-request-to-shell
  execFile("ping", ["-c", "1", host]);
  // ok: js-request-to-shell
  exec(`ping -c ${Number(req.query.times)} localhost`);
});

app.get("/people", (req, res) => {
  // ruleid: js-request-to-sql
  db.query(`SELECT * FROM people WHERE name = '${req.query.name}'`);
  // ruleid: js-request-to-sql
  db.query("SELECT * FROM people WHERE id = " + req.params.id);
  // ok: js-request-to-sql
  db.query("SELECT * FROM people WHERE id = ?", [req.params.id]);
  // ok: js-request-to-sql
  db.query(`SELECT * FROM people WHERE id = ${parseInt(req.params.id, 10)}`);
});

app.get("/hello", (req, res) => {
  // ruleid: js-request-to-page
  res.send(`<p>${req.query.name}</p>`);
  // ok: js-request-to-page
  res.send(`<p>${escapeHtml(req.query.name)}</p>`);
});

function pattern(text) {
  // ok: js-request-to-shell
  return /a/.exec(text);
}
