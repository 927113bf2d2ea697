"use strict";

const first = (selector) => document.querySelector(selector);
/* With a text, an element, or several of either in it. */
const element = (name, inner = [], more = {}) => {
  const made = Object.assign(document.createElement(name), more);
  made.append(...[inner].flat());
  return made;
};

const every = (selector) => [...document.querySelectorAll(selector)];
const french = document.documentElement.lang === "fr";
/* As verifier writes them. */
const number = (value, places) =>
  value.toLocaleString(french ? "fr-CA" : "en-CA", { minimumFractionDigits: places }).replaceAll("\u00a0", "\u202f");
const money = (cents, currency) => `${number(cents / 100, 2)}${french ? "\u202f" : " "}${currency}`;

/* The message to a supplier: a button that copies it, where there is a script to do so. */
for (const letter of every("[data-copy]")) {
  const button = element("button", letter.dataset.copy, { type: "button" }), told = element("span", "", { role: "status" });
  button.addEventListener("click", async () => {
    const text = letter.querySelector("pre");
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      letter.querySelector("details").open = true;
      getSelection().selectAllChildren(text);
      document.execCommand("copy");
    }
    told.textContent = letter.dataset.copied;
  });
  letter.prepend(button, " ", told);
}
/* Searching contracts in a static site: the address says for what, as it does live. */
(() => {
  const form = first("form[data-search]");
  if (!form) return;
  form.hidden = false;
  const query = [...new URLSearchParams(location.search)];
  const asked = Object.fromEntries(query.map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
  if (!Object.keys(asked).length) return;
  const rows = first("table.list tbody");
  const total = first("#total");
  const heads = every("table.list thead th");
  for (const [name, value] of Object.entries(asked)) if (form.elements[name]) form.elements[name].value = value;
  for (const link of every(".tongue a")) link.href += location.search;
  const cell = (text, more) => element("td", text || "–", more);
  const given = (text) => element("bdi", text, { translate: false });
  const state = (value) => {
    const option = [...form.elements.state.options].find((one) => one.value === value);
    const shape = element("span", option?.dataset.shape, { className: "shape", ariaHidden: true });
    return element("span", [shape, ` ${option ? option.textContent : value}`], { className: "state" });
  };
  const fits = (one) => Object.entries(asked).every(([name, value]) => {
    if (name === "text") return [one.id, one.title_en, one.title_fr, one.payee].join("\n").toLowerCase().includes(value.toLowerCase());
    if (name === "awarded-from") return one.awarded >= value;
    if (name === "awarded-until") return one.awarded <= value;
    return !form.elements[name] || one[name] === value;
  });
  const row = (one) => {
    const link = element("a", given(one.id), { href: form.dataset.there.replace(/\.html$/, `${one.part}.html`) });
    const head = element("th", [link, element("br"), french ? one.title_fr : one.title_en], { scope: "row" });
    const total = cell(money(one.total, one.currency), { className: "figure" });
    const made = element("tr", [head, cell(state(one.state)), cell(given(one.payee)), cell(one.due), cell(one.changed), total]);
    [...made.cells].forEach((one, at) => { if (at) one.dataset.head = heads[at].textContent; });
    return made;
  };
  const paging = (page, pages) => {
    const nav = first("nav.paging");
    if (!nav) return;
    for (const link of nav.querySelectorAll("a")) {
      link.hidden = link.rel === "next" && page >= pages;
      link.href += location.search;
    }
    nav.querySelector("span").textContent = `${page} / ${pages}`;
  };
  window.verifierContracts = ({ columns, shared, rows: packed }) => {
    const found = packed
      .map((values) => Object.fromEntries(columns.map((name, at) => [name, shared[name] ? shared[name][values[at]] : values[at]])))
      .filter(fits);
    const page = Number(form.dataset.page);
    const many = found.length > 1 || (!french && !found.length);
    total.textContent = (many ? total.dataset.many : total.dataset.one).replace("{n}", number(found.length, 0));
    rows.replaceChildren(...found.slice((page - 1) * 100, page * 100).map(row));
    paging(page, Math.max(Math.ceil(found.length / 100), 1));
  };
  if (rows) document.head.append(element("script", "", { src: form.dataset.search }));
})();
