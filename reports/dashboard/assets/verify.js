"use strict";
/* Verifies, offline, the statements in this page, and that it shows what they say. The reader says whom to trust, never the page.
   docs/dashboard.md */

const TYPE = "application/vnd.in-toto+json";
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const utf8 = (text) => new TextEncoder().encode(text);
const decoded = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
const sha256 = async (data) =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", data))].map((one) => one.toString(16).padStart(2, "0")).join("");

/* DSSE: the bytes that a signature is over. */
const pae = (payload) => {
  const head = utf8(`DSSEv1 ${TYPE.length} ${TYPE} ${payload.length} `);
  return Uint8Array.from([...head, ...payload]);
};

const WORDS = {
  malformed: ["This is no fingerprint: 64 digits, 0 to 9 and a to f.", "Ce n'est pas une empreinte : 64 chiffres, 0 à 9 et a à f."],
  unable: ["Your browser cannot verify signatures here: too old, or no https.", "Votre navigateur ne peut pas vérifier de signatures ici : trop ancien, ou sans https."],
  verified: ["Verified by your browser just now: {what}. Signed statements: {n}. Signed by: {people}.", "Vérifié à l'instant par votre navigateur : {what}. Déclarations signées : {n}. Signées par : {people}."],
  partly: ["Not checked by your browser; `verifier verify` does: {left} (by a certificate, or a role or key that ended since).", "Non vérifié par votre navigateur ; `verifier verify` le fait : {left} (par un certificat, ou un rôle ou une clé échus)."],
  failed: ["Do not rely on this page: what it shows was not signed by people whom you trust, or does not count.", "Ne vous fiez pas à cette page : ce qu'elle montre n'est pas signé par des personnes de confiance, ou ne compte pas."],
  nothing: ["Your browser verified nothing here: the page has no signed statements.", "Votre navigateur n'a rien vérifié : la page n'a pas de déclarations signées."],
  bad: ["Signed files that did not hold when the page was made: {n}.", "Fichiers signés non valides à la création de la page : {n}."],
  pins: ["The root keys of this page, or of the link to it, are not those that you trust.", "Les clés racines de cette page, ou du lien vers elle, ne sont pas celles de votre empreinte."],
  policy: ["The root keys that you trust do not lead to version {n} of the trust policy.", "Vos clés racines ne mènent pas à la version {n} de la politique de confiance."],
  expired: ["The trust policy expired at {expires}.", "La politique de confiance a expiré à {expires}."],
  older: ["The trust policy is version {version}; your browser saw version {seen} before.", "La politique de confiance est de version {version} ; votre navigateur a déjà vu la {seen}."],
  statement: ["2 ✗ {short}: changed, no statement, or signed by somebody unknown.", "2 ✗ {short} : modifiée, pas une déclaration, ou de signataire inconnu."],
  key: ["2 ✗ {short}: the key of {person} was revoked at {moment}.", "2 ✗ {short} : la clé de {person} a été révoquée à {moment}."],
  role: ["5 ✗ {short}: not signed in every role that it needs.", "5 ✗ {short} : pas signée dans chaque rôle nécessaire."],
  revoked: ["6 ✗ {short}: revoked at {moment}.", "6 ✗ {short} : révoquée à {moment}."],
  unmarked: ["The page lacks its statement, or does not show “{path}” of it.", "La page n'a pas sa déclaration, ou n'en montre pas « {path} »."],
  unsigned: ["The page shows “{path}”, which no signed statement in it says.", "La page montre « {path} », qu'aucune déclaration signée n'y dit."],
  differs: ["The page shows “{path}” as “{shown}”; signed was “{value}”.", "La page montre « {path} » comme « {shown} » ; signé était « {value} »."],
  over: ["The page has “{name}” in it, which can lie over what was signed.", "La page contient « {name} », qui peut recouvrir ce qui est signé."],
  address: ["A page about it has the name “{name}”.", "Une telle page porte le nom « {name} »."],
  forecast: ["would be {verdict}", "verdict prévu : {verdict}"],
  round: ["round {n}", "tour {n}"],
};
const FRENCH = {
  accepted: "accepté", rejected: "rejeté", inconclusive: "non concluant", pending: "en attente", met: "respecté",
  unmet: "non respecté", waived: "dispensé", undetermined: "indéterminé", "awaiting a decision": "en attente d'une décision",
  "not applicable": "sans objet", "not asked for": "non demandé", supplier: "fournisseur", requester: "demandeur",
  assessor: "personne chargée de l'évaluation", certifier: "certificateur", payer: "payeur", gate: "contrôle de paiement",
};
/* How each looks, as verifier/render/words.py has it: its shape, and its colour if it has one. */
const LOOKS = {
  accepted: "✓ good", rejected: "✗ bad", inconclusive: "? open", pending: "… open", met: "✓ good", unmet: "✗ bad", waived: "~ open",
  undetermined: "? open", "awaiting a decision": "… open", "not applicable": "–", "not asked for": "–",
};
/* What the templates put around a value that was signed, what that stands in, and what in that, each with its attributes. */
const AROUND = ":is(html, body, main, section, div, dl, dd, ul, li, p):not([role], [dir], [aria-label], [aria-hidden])";
const MARKS = { h1: "", span: "class", dd: "", code: "", bdi: "translate" };
const OVER = "svg, math, dialog, [popover]"; // what can, without any style
const INSIDE = { span: "class aria-hidden", bdi: "translate", a: "href", time: "datetime" };
const OURS = "https://w3id.org/verifier/";
const ACCEPTANCE = "https://slsa.dev/verification_summary/v1";
const PARTIES = ["requester", "supplier"];
/* Who signs what, and whose each event of the record is. */
const ROLES = {
  assessment: "assessor", decision: "assessor", waiver: "assessor", acceptance: "assessor", certification: "certifier", release: "gate",
  contract: "", "record-event": "", revocation: "",
};
const WHOSE = {
  supplier: "started delivered disputed invoiced received", payer: "paid", assessor: "debriefed explained merged listed",
  requester: "extended disputed resolved debriefed explained not-delivered terminated merged listed",
};
const ALGORITHMS = [ECDSA, { name: "Ed25519" }, { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 }];
/* What a page shows of its own statement, first its heading; and of which list all, or it counts the rest. */
const SHOWN = {
  assessment: "verdict commit criteria.digest contract.contract contract.milestone contract.round",
  contract: `title.${french ? "fr" : "en"} id supplier payee requester repository licence criteria.profile awarded ends price tax total`,
};
const LISTED = { assessment: ["outcomes", "outcome"], contract: ["milestones", "total"] };
const root = document.documentElement;
const tell = (name, values = {}) =>
  WORDS[name][+french].replace(/ (?=[:;»])|(?<=«) /g, "\u202f").replace(/\{(\w+)\}/g, (_, key) => values[key]);
const word = (name) => (french && FRENCH[name]) || name;

class Trouble extends Error {
  constructor(name, values) {
    super(tell(name, values));
    this.name = name;
  }
}

const fail = (name, values) => {
  throw new Trouble(name, values);
};

async function keyOf(pem, person) {
  const der = decoded(pem.replace(/-.*-/g, ""));
  for (const kind of ALGORITHMS) {
    const key = await crypto.subtle.importKey("spki", der, kind, false, ["verify"]).catch(() => null);
    if (key) return { person, id: await sha256(der), key, kind };
  }
  fail("unable");
}

/* DER as r and s of 32 bytes each; null where it is none. */
function raw(der) {
  const made = new Uint8Array(64);
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  let at = 2;
  for (const end of [32, 64]) {
    const number = der.slice(at + 2, at + 2 + der[at + 1]);
    const plain = number[0] === 0 ? number.slice(1) : number;
    if (der[at] !== 2 || !number.length || plain.length > 32) return null;
    made.set(plain, end - plain.length);
    at += 2 + number.length;
  }
  return at === der.length ? made : null;
}

async function isBy(key, sig, data) {
  const forms = key.kind === ECDSA ? [raw(sig), sig.length === 64 && sig] : [sig];
  for (const form of forms) if (form && (await crypto.subtle.verify(key.kind, key.key, form, data))) return true;
  return false;
}

/* Of each signature the key that it is by, if any. */
async function signers({ payload, signatures }, keys) {
  const found = [];
  for (const { sig } of signatures) {
    let by;
    for (const key of keys) if (!by && (await isBy(key, decoded(sig), pae(utf8(payload))))) by = key;
    found.push(by);
  }
  return found;
}

/* The pins by their fingerprint, then each version of the policy by the roots before it and by its own. */
async function policyOf(data, pin) {
  if ((await sha256(utf8(data.pins))) !== pin) fail("pins");
  let policy = { version: 0, digest: pin, roots: JSON.parse(data.pins), revoked: [], expires: "" };
  for (const envelope of data.policies) {
    const n = policy.version + 1;
    await demandRoots(envelope, policy, n);
    const { subject, predicateType, predicate } = JSON.parse(envelope.payload);
    const follows = predicate.version === n && subject[0].digest.sha256 === policy.digest;
    if (kindOf(predicateType) !== "trust-policy" || !follows) fail("policy", { n });
    policy = { ...predicate, digest: await sha256(utf8(envelope.payload)) };
    await demandRoots(envelope, policy, n);
  }
  if (policy.expires < now()) fail("expired", policy);
  const seen = Number(kept(`seen-${pin}`));
  if (policy.version < seen) fail("older", { ...policy, seen });
  kept(`seen-${pin}`, policy.version);
  return policy;
}

async function demandRoots(envelope, { roots, revoked }, n) {
  const gone = revoked.map((one) => one.key);
  const keys = (await Promise.all(roots.keys.map((pem) => keyOf(pem)))).filter((key) => !gone.includes(key.id));
  const by = new Set((await signers(envelope, keys)).filter(Boolean).map((key) => key.id));
  if (by.size < roots.threshold) fail("policy", { n });
}

/* 1 to 4: who signed it, with keys that were not revoked, and of which kind it is. */
async function read(envelope, policy, keys) {
  const digest = await sha256(utf8(envelope.payload));
  const one = { digest, short: digest.slice(0, 16), by: [], left: false };
  if (envelope.signatures.some((signature) => signature.keyless)) return { ...one, left: true };
  const by = await signers(envelope, keys);
  if (!by.length || by.includes(undefined)) fail("statement", one);
  for (const [at, key] of by.entries()) {
    const moment = since(policy.revoked, "key", key.id);
    if (moment && !envelope.signatures[at].stamped) fail("key", { ...one, person: key.person, moment });
    one.left ||= !!moment;
  }
  const said = JSON.parse(envelope.payload);
  const kind = kindOf(said.predicateType);
  if (!Object.hasOwn(ROLES, kind)) fail("statement", one);
  return { ...one, by: by.map((key) => key.person), said, kind, subject: said.subject[0].digest };
}

const kindOf = (type) => (type === ACCEPTANCE ? "acceptance" : /^([a-z-]+)\/v1$/.exec(type.replace(OURS, ""))?.[1]);
const since = (revoked, name, id) =>
  revoked.filter((one) => one[name] === id && one.from <= now()).map((one) => one.from).sort()[0];

/* 5: who signed it has a role that it needs, for its contract, now; the page's own contract both parties signed. */
async function checkRole(one, policy, own, all) {
  const { kind, said: { predicate } } = one;
  const of = all.find((other) => other.digest === one.subject.sha256);
  if (kind === "revocation" && of?.by.every((person) => !one.by.includes(person))) fail("role", one);
  if (kind === "revocation" || (kind === "assessment" && predicate.kind === "self-check")) return;
  const contract = contractOf(one);
  const found = one.by.flatMap((person) => wanted(one, person, all).map((role) => [standing(policy, person, role, contract), person, role]));
  for (const party of kind === "contract" && one === own ? PARTIES : [""]) {
    const how = found.filter(([, , role]) => !party || role === party).map(([standing]) => standing);
    if (how.every((standing) => standing === "never")) fail("role", one);
    one.left ||= !how.includes("now");
  }
  one.roles = found.filter(([how]) => how === "now").map(([, person, role]) => `${person} (${word(role)})`);
}

function wanted({ kind, said: { predicate }, subject }, person, all) {
  if (kind === "contract") return PARTIES.filter((role) => predicate[role] === person);
  if (ROLES[kind]) return [ROLES[kind]];
  const agreed = all.find((one) => one.kind === "contract" && one.digest === subject.sha256)?.said.predicate ?? {};
  return Object.keys(WHOSE).filter((role) => WHOSE[role].split(" ").includes(predicate.event) && (agreed[role] ?? person) === person);
}

function contractOf({ kind, said: { predicate } }) {
  if (kind === "contract") return predicate.id;
  if (kind === "record-event") return predicate.contract;
  const { about, contract } = kind === "acceptance" ? predicate[`${OURS}acceptance/v1`] : predicate;
  return (kind === "assessment" ? contract : about)?.contract ?? "";
}

/* "now", "ended" or "never". A suspension goes before every other grant. */
function standing(policy, person, role, contract) {
  const named = ["*", contract];
  const found = policy.grants.filter((one) => one.person === person && one.role === role && one.contracts.some((one) => named.includes(one)));
  if (!found.length || found.some((one) => one.suspended && now() <= one.until)) return "never";
  return found.some((one) => !one.suspended && one.from <= now() && now() <= one.until) ? "now" : "ended";
}

/* 6: it was not revoked: a contract by the root keys alone. Of others than its own the page may say so. */
async function checkUnrevoked(one, policy, own, all) {
  const taken = all.filter(({ kind }) => kind === "revocation" && one === own && one.kind !== "contract");
  const revoked = taken.map(({ subject, said }) => ({ statement: subject.sha256, from: said.predicate.from }));
  const moment = since([...policy.revoked, ...revoked], "statement", one.digest);
  if (moment && (one === own || !first(`[data-revoked="${one.short}"]`))) fail("revoked", { ...one, moment });
}

/* What is displayed is what was signed, all of it, where it belongs; as it is before any word of ours, which hides shapes. */
function displayed(all, own, troubles) {
  cleared();
  const marks = every("[data-signed]");
  const of = (mark) => all.find((one) => one.short === mark.closest("[data-statement]")?.dataset.statement);
  const told = (name, values) => troubles.push(tell(name, values));
  const hosts = shadowed();
  for (const { localName } of every(OVER)) told("over", { name: localName });
  if (!own || own.said) {
    const seen = marks.filter((mark) => own && of(mark) === own && isSeen(mark)).map((mark) => mark.dataset.signed);
    const wanted = (SHOWN[own?.kind] ?? "…").split(" ");
    const heading = every("h1").map((one) => one.dataset.signed).join() === wanted[0];
    const missed = wanted.filter((path, at) => !seen.includes(path) || (!at && !heading));
    for (const path of [...missed, ...leftOut(own, seen)]) told("unmarked", { path });
    const name = own && nameIn(own);
    if (own && decodeURIComponent(location.pathname.split("/").at(-1)) !== name) told("address", { name });
  }
  for (const mark of marks) {
    const one = of(mark);
    if (one && !one.said) continue; // nothing is known of what a certificate signed
    const { signed } = mark.dataset;
    const value = one && valueAt(one.said, signed);
    if (!["string", "number"].includes(typeof value)) told("unsigned", { path: signed });
    else if (!isBare(mark) || hosts.some((host) => host.contains(mark) || mark.contains(host))) told("unmarked", { path: signed });
    else if (!shows(mark, value, one)) told("differs", { path: signed, shown: plain(mark.innerText), value: inert(value) });
  }
}

/* It holds text, in elements of the templates, and nothing else; and each bit of that text is seen. */
function isBare(mark) {
  const parts = [...mark.querySelectorAll("*")];
  const own = `data-signed data-value data-statement ${MARKS[mark.localName]}`;
  const named = mark.localName in MARKS && has(mark, own) && isDress(mark.className, mark.dataset.signed);
  const texts = [mark, ...parts].flatMap((one) => [...one.childNodes]).filter((one) => one.nodeType === Node.TEXT_NODE && one.data.trim());
  return named && mark.parentElement.closest(`:not(${AROUND})`) === null && parts.every(isPart) && texts.every(isTextSeen);
}

const has = (one, names) => one.getAttributeNames().every((name) => names.split(" ").includes(name));
const isDress = (name, path) => !name || (/outcome$/.test(path) && /^state (good|bad|open|)$/.test(name));
const isShape = ({ className, textContent }) => className === "shape" && Object.values(LOOKS).some((look) => look[0] === textContent);
const isPart = (one) => one.localName in INSIDE && has(one, INSIDE[one.localName]) && (one.localName !== "span" || isShape(one));

function isTextSeen(text) {
  const range = document.createRange();
  range.selectNodeContents(text);
  return isSeen(text.parentElement) && range.getClientRects().length > 0;
}

/* Where another tree is shown in place of what a mark stands in, or has. A closed one cannot be asked for: but a child for a
   slot that it does not know is never rendered. */
function shadowed() {
  const slot = crypto.randomUUID();
  const probes = every(":has([data-signed]), [data-signed], [data-signed] *").map((one) => one.appendChild(element("i", "", { slot })));
  const hosts = probes.filter((probe) => !probe.checkVisibility()).map((probe) => probe.parentElement);
  for (const probe of probes) probe.remove();
  return hosts;
}

function isSeen(one) {
  const { width, height, right } = one.getBoundingClientRect();
  const visible = one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  return visible && Math.min(width, height, right + scrollX) > 4 && (one === root || isSeen(one.parentElement));
}

function leftOut(own, seen) {
  const [list, name] = LISTED[own?.kind] ?? [];
  const paths = (own?.said.predicate[list] ?? []).map((one) => `${list}/${one.id ?? one.criterion}/${name}`);
  const counted = every(`[data-more="${list}"]`).filter((one) => !one.childElementCount && isSeen(one)).map((one) => Number(one.innerText.replace(/\D/g, "")));
  return paths.filter((path) => !seen.includes(path)).slice(counted.reduce((sum, one) => sum + one, 0));
}

/* `contract.round`, `outcomes/licence.file/outcome`, `milestones/m1/total`. */
function valueAt({ subject, predicate }, path) {
  const amount = (one, name) => (name === "total" ? one.price + one.tax : one[name]);
  if (path === "commit") return subject[0].digest.gitCommit;
  const [, list, id, name] = /^(\w+)\/(.+)\/(\w+)$/.exec(path) ?? [];
  const one = list && predicate[list]?.find?.((one) => (one.id ?? one.criterion) === id);
  if (list) return one && amount(one, name);
  if (MONEY.test(path)) return predicate.milestones?.reduce((sum, one) => sum + amount(one, path), 0);
  return path.split(".").reduce((value, name) => (value && Object.hasOwn(value, name) ? value[name] : undefined), predicate);
}

const MONEY = /(^|\/)(price|tax|total)$/;
const plain = (text) => text.replace(/\s+/gu, " ").trim();
/* As verifier writes it: what is invisible becomes visible, what is very long is cut. */
const inert = (value) => {
  const signs = [...String(value)];
  const text = signs.slice(0, 1000).join("").replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, (sign) => `\\u${sign.codePointAt(0).toString(16).padStart(4, "0")}`);
  return plain(signs.length > 1000 ? `${text} … (+${signs.length - 1000})` : text);
};

function shows(mark, value, one) {
  const { value: raw, signed } = mark.dataset;
  if (raw !== undefined && plain(raw) !== inert(value)) return false;
  const text = plain(mark.innerText);
  if (/(verdict|outcome)$/.test(signed)) return statesOf(value).some((state) => looks(mark, state, wordFor(state, signed, one)));
  if (MONEY.test(signed)) return text === plain(money(value, one.said.predicate.currency));
  if (typeof value === "number") return text === plain(number(value, 0));
  if (/^(awarded|ends)$/.test(signed)) return text === value.slice(0, 10);
  if (/(commit|digest)$/.test(signed)) return text.length >= 12 && value.startsWith(text);
  return text === inert(value);
}

/* What was not asked for is undetermined. */
const statesOf = (value) => (value === "undetermined" ? [value, "not asked for"] : [value]);

function wordFor(state, path, { said: { predicate } }) {
  const verdict = word(state);
  return path === "verdict" && predicate.kind === "self-check" ? plain(tell("forecast", { verdict })) : verdict;
}

/* Its shape, its word and its colour; that comes from it or from what it stands in. */
function looks(mark, state, named) {
  const [shape, colour = ""] = LOOKS[state].split(" ");
  const colours = ["good", "bad", "open"].filter((name) => mark.closest(`.${name}`));
  return plain(mark.innerText).toLowerCase() === `${shape} ${named}` && colours.join() === colour;
}

/* What the page is about, whatever it says itself, and the name of its file. */
function nameOf(one) {
  const { verdict, contract } = one.said.predicate;
  const round = contract?.milestone ? [contract.milestone, tell("round", { n: contract.round })] : [];
  return [contractOf(one), ...round, ...(verdict ? [wordFor(verdict, "verdict", one)] : []), one.short].join(", ");
}

const nameIn = ({ kind, short, said: { predicate } }) =>
  `${kind === "contract" ? encodeURIComponent(predicate.id.toLowerCase()).replace(/\./g, "%2E").replace(/%/g, "~") : short}.html`;

/* What is wrong hides nothing else that is; what is left unchecked is no green. */
async function verify(pin) {
  const data = await enclosed();
  const policy = await policyOf(data, pin);
  const keys = await Promise.all(policy.keys.map((one) => keyOf(one.pem, one.person)));
  const troubles = data.bad ? [tell("bad", { n: data.bad })] : [];
  if (data.revoked) troubles.push(tell("revoked", { short: data.about.slice(0, 16), moment: data.revoked }));
  const all = [];
  const tried = (check) => check.catch((error) => {
    if (!(error instanceof Trouble)) throw error;
    troubles.push(error.message);
  });
  for (const envelope of data.statements) await tried(read(envelope, policy, keys).then((one) => all.push(one)));
  const own = all.find((one) => one.digest === data.about);
  for (const one of all.filter((one) => one.said))
    for (const check of [checkRole, checkUnrevoked]) await tried(check(one, policy, own, all));
  displayed(all, own, troubles);
  if (troubles.length) return show("failed", tell("failed"), troubles);
  const left = all.filter((one) => one.left).map((one) => one.short).join(", ");
  if (left) return show("", tell("partly", { left }));
  const signed = all.flatMap((one) => (one.kind === "revocation" ? [] : one.roles ?? one.by));
  const people = [...new Set(signed)].sort().join(", ");
  show("browser", tell("verified", { what: nameOf(own), n: all.length, people }));
}

async function enclosed() {
  const packed = new Blob([decoded(JSON.parse(first("#envelopes").textContent))]);
  return new Response(packed.stream().pipeThrough(new DecompressionStream("deflate"))).json();
}

const now = () => new Date().toISOString().slice(0, 19) + "Z";
const fingerprint = (text) => text.trim().toLowerCase().replace(/^sha256:/, "");
const linked = () => fingerprint(new URLSearchParams(location.hash.slice(1)).get("pin") ?? "");

const given = () => kept("pin") || linked();

function kept(name, value) {
  try {
    if (value !== undefined) localStorage.setItem(`verifier-${name}`, value);
    return localStorage.getItem(`verifier-${name}`);
  } catch {
    return ""; // then it is asked for again
  }
}

/* Without a fingerprint the reader sees what stood there, but no word that looks like the browser's. */
const NEUTRAL = first("#by-whom")?.textContent;

function cleared() {
  delete root.dataset.verified;
  every(".by-browser, .checked").forEach((one) => one.remove());
}

function show(state, words, troubles = []) {
  cleared();
  if (state) root.dataset.verified = state;
  Object.assign(first("#by-whom"), { textContent: words }).dataset.done = "yes";
  if (state === "failed") {
    const told = [element("p", `✗ ${words}`), element("ul", [...new Set(troubles)].map((one) => element("li", one)))];
    document.body.prepend(element("div", told, { className: "by-browser untrusted", role: "alert" }));
  } else if (state === "browser") {
    first("main").prepend(element("p", `✓ ${words}`, { className: "by-browser checked" }));
  }
}

async function run() {
  const pin = given();
  if (!/^[0-9a-f]{64}$/.test(pin)) return show("", pin ? tell("malformed") : NEUTRAL);
  if (!crypto.subtle || !globalThis.DecompressionStream) return show("", tell("unable"));
  try {
    if ((linked() || pin) !== pin) fail("pins");
    await verify(pin);
  } catch (error) {
    if (error.name === "unable") show("", error.message);
    else show("failed", tell("failed"), error instanceof Trouble ? [error.message] : []);
  }
}

function begin() {
  const form = first("#pin-form");
  const field = first("#pin");
  const use = (pin) => run(kept("pin", pin));
  form.hidden = false;
  field.value = given();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    use(fingerprint(field.value));
  });
  form.addEventListener("reset", () => use(""));
  addEventListener("hashchange", run);
  run();
}

cleared();
if (["#envelopes", "#pin-form", "#pin", "#by-whom"].every((one) => first(one))) begin();
else if (given() && /\/(contracts|reports)\/[^/]+$/.test(location.pathname))
  first("main").prepend(element("p", tell("nothing"), { className: "by-browser" }));
