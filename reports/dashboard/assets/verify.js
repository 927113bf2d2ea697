"use strict";
/* Verifies the signed statements that lie in this page, by itself and offline, and that what the page shows is what was signed.

   Whom to trust says the reader: the fingerprint of the root keys, which is never taken from the page. The steps have the numbers
   that `verifier verify` gives them. What a browser cannot verify is said, and then nothing is green. docs/dashboard.md */

/* Bytes, digests and the usual kind of key, for sign.js as well. */
const TYPE = "application/vnd.in-toto+json";
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const utf8 = (text) => new TextEncoder().encode(text);
const decoded = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
const sha256 = async (data) =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", data))].map((one) => one.toString(16).padStart(2, "0")).join("");

/* DSSE's pre-authentication encoding: the bytes that a signature is over. */
const pae = (payload) => {
  const head = utf8(`DSSEv1 ${TYPE.length} ${TYPE} ${payload.length} `);
  return Uint8Array.from([...head, ...payload]);
};

{
  const WORDS = {
    en: {
      malformed: "This is no fingerprint: one has 64 digits, 0 to 9 and a to f.",
      unable: "Your browser cannot verify signatures here: it is too old, or the address has no https. `verifier verify` can.",
      verified: "Verified by your browser just now: {what}. Signed statements: {n}. Signed by: {people}.",
      partly: "Not checked by your browser; `verifier verify` does: {left} (signed with a certificate, or by a role or key that ended since).",
      failed: "Do not rely on this page: what it shows is not what people whom you trust have signed.",
      bad: "Signed files that did not hold when the page was made: {n}.",
      pins: "The root keys of this page, or of the link to it, are not those that you trust.",
      policy: "The root keys that you trust do not lead to version {n} of the trust policy.",
      expired: "The trust policy expired at {moment}.",
      older: "The trust policy is version {n}; your browser saw version {seen} before.",
      statement: "2 ✗ {digest}: changed, no statement, or signed by nobody whom the trust policy knows.",
      key: "2 ✗ {digest}: the key of {person} was revoked at {moment}.",
      role: "5 ✗ {digest}: nobody who signed it has the role that it needs.",
      revoked: "6 ✗ {digest}: revoked at {moment}, and the page does not say so.",
      unmarked: "The page does not show “{path}” of the statement that it is about, or lacks it.",
      unsigned: "The page shows “{path}”, which no signed statement in it says.",
      differs: "The page shows “{path}” as “{shown}”; signed was “{value}”.",
    },
    fr: {
      malformed: "Ce n'est pas une empreinte : elle a 64 chiffres, 0 à 9 et a à f.",
      unable: "Votre navigateur ne peut pas vérifier de signatures ici : il est trop ancien, ou l'adresse est sans https. `verifier verify` le peut.",
      verified: "Vérifié à l'instant par votre navigateur : {what}. Déclarations signées : {n}. Signées par : {people}.",
      partly: "Non vérifié par votre navigateur ; `verifier verify` le fait : {left} (signé avec un certificat, ou par un rôle ou une clé qui a pris fin depuis).",
      failed: "Ne vous fiez pas à cette page : des personnes auxquelles vous faites confiance n'ont pas signé ce qu'elle montre.",
      bad: "Fichiers signés non valides lors de la création de la page : {n}.",
      pins: "Les clés racines de cette page, ou du lien vers elle, ne sont pas celles auxquelles vous faites confiance.",
      policy: "Les clés racines auxquelles vous faites confiance ne mènent pas à la version {n} de la politique de confiance.",
      expired: "La politique de confiance a expiré à {moment}.",
      older: "La politique de confiance est de version {n} ; votre navigateur a déjà vu la version {seen}.",
      statement: "2 ✗ {digest} : modifiée, pas une déclaration, ou signée par personne que connaît la politique de confiance.",
      key: "2 ✗ {digest} : la clé de {person} a été révoquée à {moment}.",
      role: "5 ✗ {digest} : aucun signataire n'a le rôle nécessaire.",
      revoked: "6 ✗ {digest} : révoquée à {moment}, et la page ne le dit pas.",
      unmarked: "La page ne montre pas « {path} » de la déclaration dont elle traite, ou celle-ci y manque.",
      unsigned: "La page montre « {path} », que ne dit aucune de ses déclarations signées.",
      differs: "La page montre « {path} » comme « {shown} » ; signé était « {value} ».",
    },
  };
  /* The words of verdicts, outcomes and roles, where they are others than in statements; `forecast` stands before that of a self-check. */
  const VALUES = {
    en: { forecast: "would be " },
    fr: {
      accepted: "accepté", rejected: "rejeté", inconclusive: "non concluant", pending: "en attente", met: "respecté",
      unmet: "non respecté", waived: "dispensé", undetermined: "indéterminé", "awaiting a decision": "en attente d'une décision",
      "not applicable": "sans objet", "not asked for": "non demandé", forecast: "verdict prévu : ", supplier: "fournisseur", requester: "demandeur",
      assessor: "personne chargée de l'évaluation", certifier: "certificateur", payer: "payeur", gate: "contrôle de paiement",
    },
  };
  const OURS = "https://w3id.org/verifier/";
  const ACCEPTANCE = "https://slsa.dev/verification_summary/v1";
  const PARTIES = ["requester", "supplier"];
  /* Who signs what, and whose each event of the record is. */
  const ROLES = {
    assessment: ["assessor"], decision: ["assessor"], waiver: ["assessor"], acceptance: ["assessor"],
    certification: ["certifier"], release: ["gate"], contract: PARTIES, "record-event": [], revocation: [],
  };
  const WHOSE = {
    supplier: ["started", "delivered", "disputed", "invoiced", "received"],
    requester: ["extended", "disputed", "resolved", "debriefed", "explained", "not-delivered", "terminated", "merged", "listed"],
    assessor: ["debriefed", "explained", "merged", "listed"],
    payer: ["paid"],
  };
  const EXPECTED = { assessment: "verdict", contract: "id" };
  const ALGORITHMS = [ECDSA, { name: "Ed25519" }, { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 }];
  const root = document.documentElement;
  const language = root.lang === "fr" ? "fr" : "en";
  /* French has a narrow no-break space before : ; » and after «. */
  const tell = (name, values = {}) =>
    WORDS[language][name].replace(/ (?=[:;»])|(?<=«) /g, "\u202f").replace(/\{(\w+)\}/g, (_, key) => values[key]);

  const word = (name) => VALUES[language][name] ?? name;

  class Trouble extends Error {
    constructor(name, values) {
      super(tell(name, values));
      this.name = name;
    }
  }

  /* Keys. */
  async function keyOf(pem, person) {
    const der = decoded(pem.match(/-----BEGIN PUBLIC KEY-----([^-]+)-----END/)[1].replace(/\s/g, ""));
    for (const kind of ALGORITHMS) {
      const key = await crypto.subtle.importKey("spki", der, kind, false, ["verify"]).catch(() => null);
      if (key) return { person, id: await sha256(der), key, kind };
    }
    throw new Trouble("unable");
  }

  /* An ECDSA signature in DER as r and s of 32 bytes each; null where it is none. */
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

  /* Of each signature the key that it is by, or undefined. `keyid` says which to try first, and proves nothing. */
  async function signers(envelope, keys) {
    const data = pae(utf8(envelope.payload));
    const found = [];
    for (const { sig, keyid } of envelope.signatures) {
      const tried = keys.toSorted((one, other) => (other.id === keyid) - (one.id === keyid));
      let by;
      for (const key of tried) if (!by && (await isBy(key, decoded(sig), data))) by = key;
      found.push(by);
    }
    return found;
  }

  /* Whom to trust: the pins by their fingerprint, then each version of the policy by the roots before it and by its own. */
  async function policyOf(data, pin) {
    if ((await sha256(utf8(data.pins))) !== pin) throw new Trouble("pins");
    let policy = { version: 0, digest: pin, roots: JSON.parse(data.pins), revoked: [], expires: "" };
    for (const envelope of data.policies) {
      const n = policy.version + 1;
      await demandRoots(envelope, policy, n);
      const { subject, predicateType, predicate } = JSON.parse(envelope.payload);
      const follows = predicate.version === n && subject[0].digest.sha256 === policy.digest;
      if (kindOf(predicateType) !== "trust-policy" || !follows) throw new Trouble("policy", { n });
      policy = { ...predicate, digest: await sha256(utf8(envelope.payload)) };
      await demandRoots(envelope, policy, n);
    }
    if (policy.expires < now()) throw new Trouble("expired", { moment: policy.expires });
    const seen = Number(kept(`seen-${pin}`) ?? 0);
    if (policy.version < seen) throw new Trouble("older", { n: policy.version, seen });
    keep(`seen-${pin}`, policy.version);
    return policy;
  }

  async function demandRoots(envelope, { roots, revoked }, n) {
    const gone = revoked.map((one) => one.key);
    const keys = (await Promise.all(roots.keys.map((pem) => keyOf(pem)))).filter((key) => !gone.includes(key.id));
    const by = new Set((await signers(envelope, keys)).filter(Boolean).map((key) => key.id));
    if (by.size < roots.threshold) throw new Trouble("policy", { n });
  }

  /* 1 to 4: who signed it, with a key that was not revoked, and that it is a statement of a known kind. */
  async function read(envelope, policy, keys) {
    const digest = await sha256(utf8(envelope.payload));
    const one = { digest, short: digest.slice(0, 16), by: [], left: false };
    if (envelope.signatures.some((signature) => signature.keyless)) return { ...one, left: true };
    const by = await signers(envelope, keys);
    if (!by.length || by.includes(undefined)) throw new Trouble("statement", { digest: one.short });
    for (const [at, key] of by.entries()) {
      const moment = since(policy.revoked, "key", key.id);
      if (moment && !envelope.signatures[at].stamped) throw new Trouble("key", { digest: one.short, person: key.person, moment });
      one.left ||= !!moment;
    }
    const said = JSON.parse(envelope.payload);
    const kind = kindOf(said.predicateType);
    if (!Object.hasOwn(ROLES, kind)) throw new Trouble("statement", { digest: one.short });
    return { ...one, by: by.map((key) => key.person), said, kind, subject: said.subject[0].digest };
  }

  const kindOf = (type) => (type === ACCEPTANCE ? "acceptance" : /^([a-z-]+)\/v1$/.exec(type.replace(OURS, ""))?.[1]);
  const since = (revoked, name, id) =>
    revoked.filter((one) => one[name] === id && one.from <= now()).map((one) => one.from).sort()[0];

  /* 5: somebody who signed it has a role that it needs, for its contract, now. */
  function checkRole(one, policy, all) {
    const { kind, said: { predicate } } = one;
    if (kind === "assessment" && predicate.kind === "self-check") return;
    if (kind === "revocation") {
      const of = all.find((other) => other.digest === one.subject.sha256);
      if (of && !of.by.some((person) => one.by.includes(person))) throw new Trouble("role", { digest: one.short });
      return;
    }
    const contract = contractOf(one);
    const found = one.by.flatMap((person) => wanted(one, person, all).map((role) => [standing(policy, person, role, contract), person, role]));
    const holds = found.filter(([how]) => how === "now");
    if (!holds.length && !found.some(([how]) => how === "ended")) throw new Trouble("role", { digest: one.short });
    if (!holds.length) one.left = true;
    one.roles = holds.map(([, person, role]) => `${person} (${word(role)})`);
  }

  function wanted({ kind, said: { predicate }, subject }, person, all) {
    if (kind === "contract") return PARTIES.filter((role) => predicate[role] === person);
    if (kind !== "record-event") return ROLES[kind];
    const agreed = all.find((one) => one.kind === "contract" && one.digest === subject.sha256)?.said.predicate ?? {};
    return Object.keys(WHOSE).filter((role) => WHOSE[role].includes(predicate.event) && (agreed[role] ?? person) === person);
  }

  function contractOf({ kind, said: { predicate } }) {
    if (kind === "contract") return predicate.id;
    if (kind === "record-event") return predicate.contract;
    const inner = predicate[`${OURS}acceptance/v1`] ?? predicate;
    return (kind === "assessment" ? inner.contract : inner.about)?.contract ?? "";
  }

  /* "now", "ended" or "never". A suspension goes before every other grant. */
  function standing(policy, person, role, contract) {
    const named = (one) => one.contracts.includes(contract) || one.contracts.includes("*");
    const found = policy.grants.filter((one) => one.person === person && one.role === role && named(one));
    if (!found.length || found.some((one) => one.suspended && now() <= one.until)) return "never";
    return found.some((one) => !one.suspended && one.from <= now() && now() <= one.until) ? "now" : "ended";
  }

  /* 6: it was not revoked by the root keys; of another statement than the page's own the page may say so. */
  function checkUnrevoked(one, policy, about) {
    const moment = since(policy.revoked, "statement", one.digest);
    const told = first(`[data-revoked="${one.short}"]`);
    if (moment && (one.digest === about || !told)) throw new Trouble("revoked", { digest: one.short, moment });
  }

  /* What is displayed is what was signed. */
  function displayed(all, about, troubles) {
    const own = all.find((one) => one.digest === about);
    const marks = [...document.querySelectorAll("[data-signed]")];
    const of = (mark) => all.find((one) => one.short === mark.closest("[data-statement]")?.dataset.statement);
    const path = own ? EXPECTED[own.kind] : "…";
    const seen = marks.some((mark) => mark.dataset.signed === path && of(mark) === own && mark.checkVisibility());
    if (!own || (path && !seen)) troubles.push(tell("unmarked", { path }));
    for (const mark of marks) {
      const one = of(mark);
      if (one && !one.said) continue; // nothing is known of what a certificate signed
      const { signed } = mark.dataset;
      const value = one && valueAt(one.said, signed);
      if (!["string", "number"].includes(typeof value)) troubles.push(tell("unsigned", { path: signed }));
      else if (!shows(mark, value, one)) troubles.push(tell("differs", { path: signed, shown: plain(mark.innerText), value: inert(value) }));
    }
  }

  /* `contract.round`, `outcomes/licence.file/outcome`, `milestones/m1/total`: of a list the one with that id. */
  function valueAt({ subject, predicate }, path) {
    if (path === "commit") return subject[0].digest.gitCommit;
    if (path === "total") return predicate.milestones?.reduce((sum, one) => sum + one.price + one.tax, 0);
    return path.split(path.includes("/") ? "/" : ".").reduce((value, name) => {
      if (Array.isArray(value)) return value.find((one) => (one.id ?? one.criterion) === name);
      if (name === "total" && value?.price !== undefined) return value.price + value.tax;
      return value && Object.hasOwn(value, name) ? value[name] : undefined;
    }, predicate);
  }

  const plain = (text) => text.replace(/\s+/gu, " ").trim();
  const digits = (text) => text.replace(/\D/g, "");
  /* As verifier writes what could deceive an eye: invisible characters become visible. */
  const inert = (value) =>
    plain(String(value).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, (sign) => `\\u${sign.codePointAt(0).toString(16).padStart(4, "0")}`));

  function shows(mark, value, one) {
    const { value: raw, signed } = mark.dataset;
    if (raw !== undefined && plain(raw) !== inert(value)) return false;
    const text = plain(mark.innerText).replace("…", "");
    if (/(verdict|outcome)$/.test(signed)) return wordsFor(value, signed, one).includes(text.toLowerCase().replace(/^[^\p{L}]+/u, ""));
    if (typeof value === "number") return digits(text) !== "" && Number(digits(text)) === value;
    if (/^\d{4}-\d\d-\d\d/.test(value)) return digits(text).length >= 8 && digits(value).startsWith(digits(text));
    if (/^[0-9a-f]{40,64}$/.test(value)) return text.length >= 7 && value.startsWith(text);
    return plain(mark.innerText) === inert(value);
  }

  /* What was not asked for is undetermined. */
  function wordsFor(value, path, { said: { predicate } }) {
    const forecast = path === "verdict" && predicate.kind === "self-check" ? word("forecast") : "";
    return [forecast + word(value), ...(value === "undetermined" ? [word("not asked for")] : [])];
  }

  /* What the page is about, in the statement's own words, whatever the page says. */
  function nameOf(one) {
    const { verdict } = one.said.predicate;
    return [contractOf(one), ...(verdict ? wordsFor(verdict, "verdict", one) : [])].join(", ");
  }

  /* The whole. What is wrong does not hide what else is wrong; what is left unchecked is no green. */
  async function verify(pin) {
    const data = await enclosed();
    const policy = await policyOf(data, pin);
    const keys = await Promise.all(policy.keys.map((one) => keyOf(one.pem, one.person)));
    const troubles = data.bad ? [tell("bad", { n: data.bad })] : [];
    const all = [];
    const tried = async (check) => {
      try {
        await check();
      } catch (error) {
        if (!(error instanceof Trouble) || error.name === "unable") throw error;
        troubles.push(error.message);
      }
    };
    for (const envelope of data.statements) await tried(async () => all.push(await read(envelope, policy, keys)));
    for (const one of all.filter((one) => one.said)) {
      await tried(() => checkRole(one, policy, all));
      await tried(() => checkUnrevoked(one, policy, data.about));
    }
    displayed(all, data.about, troubles);
    if (troubles.length) return show("failed", tell("failed"), troubles);
    const left = all.filter((one) => one.left).map((one) => one.short).join(", ");
    if (left) return show("", tell("partly", { left }));
    const people = [...new Set(all.flatMap((one) => one.roles ?? one.by))].sort().join(", ");
    const what = nameOf(all.find((one) => one.digest === data.about));
    show("browser", tell("verified", { what, n: all.length, people }));
  }

  async function enclosed() {
    const packed = decoded(JSON.parse(first("#envelopes").textContent));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  }

  /* The reader's fingerprint: kept by the browser, or in the link that was followed. */
  const now = () => new Date().toISOString().slice(0, 19) + "Z";
  const fingerprint = (text) => text.trim().toLowerCase().replace(/^sha256:/, "");
  const linked = () => fingerprint(new URLSearchParams(location.hash.slice(1)).get("pin") ?? "");

  function kept(name) {
    try {
      return localStorage.getItem(`verifier-${name}`);
    } catch {
      return null;
    }
  }

  function keep(name, value) {
    try {
      value === null ? localStorage.removeItem(`verifier-${name}`) : localStorage.setItem(`verifier-${name}`, value);
    } catch {
      /* Then it is asked for again. */
    }
  }

  /* What the reader sees. Without a fingerprint it is what stood there. */
  const NEUTRAL = first("#by-whom")?.textContent;

  function show(state, words, troubles = []) {
    document.querySelectorAll(".by-browser").forEach((one) => one.remove());
    if (state) root.dataset.verified = state;
    else delete root.dataset.verified;
    Object.assign(first("#by-whom"), { textContent: words }).dataset.done = "yes";
    if (state === "failed") {
      const banner = element("div", "", { className: "by-browser untrusted", role: "alert" });
      const list = element("ul");
      list.append(...troubles.map((one) => element("li", one)));
      banner.append(element("p", `✗ ${words}`), list);
      document.body.prepend(banner);
    } else if (state === "browser") {
      first("main").prepend(element("p", `✓ ${words}`, { className: "by-browser checked" }));
    }
  }

  async function run() {
    const pin = kept("pin") || linked();
    if (!/^[0-9a-f]{64}$/.test(pin)) return show("", pin ? tell("malformed") : NEUTRAL);
    if (!crypto.subtle || !globalThis.DecompressionStream) return show("", tell("unable"));
    try {
      if (linked() && linked() !== pin) throw new Trouble("pins");
      await verify(pin);
    } catch (error) {
      if (error.name === "unable") show("", error.message);
      else show("failed", tell("failed"), error instanceof Trouble ? [error.message] : []);
    }
  }

  function begin() {
    const form = first("#pin-form");
    const field = form.elements.pin;
    const use = (pin) => {
      keep("pin", pin);
      run();
    };
    form.hidden = false;
    field.value = kept("pin") ?? linked();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      use(fingerprint(field.value));
    });
    form.addEventListener("reset", () => use(null));
    addEventListener("hashchange", run);
    run();
  }

  if (first("#envelopes")) begin();
}
