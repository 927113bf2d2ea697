import { db } from "./db";

const STATE = "open";

export async function byName(name: string) {
  const sql = `SELECT * FROM people WHERE name = '${name}'`;
  // ruleid: js-sql-quoted-value
  await db.query(sql);
  // ruleid: js-sql-quoted-value
  db.all("SELECT * FROM people WHERE name='" + name + "'");
  // ok: js-sql-quoted-value
  await db.query("SELECT * FROM people WHERE name = ?", [name]);
  // ok: js-sql-quoted-value
  await db.query(`SELECT * FROM people WHERE state = '${STATE}'`);
  // ok: js-sql-quoted-value
  await db.query(`SELECT * FROM people WHERE born = '${Number(name)}'`);
}

export function columns(table: string) {
  // ok: js-sql-quoted-value
  return db.query(`SELECT * FROM sqlite_sequence WHERE name = '${table}'`);
}

export function title(name: string) {
  // ok: js-sql-quoted-value
  return `Please select '${name}'`;
}
