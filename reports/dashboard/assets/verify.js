"use strict";
/* Verifies the signed statements that lie in this page, by itself and offline, and that what the page shows is what was signed.

   Whom to trust says the reader: the fingerprint of the root keys, which is never taken from the page. The steps have the numbers
   that `verifier verify` gives them. What a browser cannot verify is said, and then nothing is green. docs/dashboard.md */
{
  const WORDS = {
    en: {
      label: "Fingerprint of the root keys that you trust",
      hint: "`verifier trust show` prints it. Take it from the buyer by another way than this site.",
      check: "Check the signatures",
      forget: "Forget the fingerprint",
      malformed: "This is no fingerprint: it has 64 digits, of 0 to 9 and a to f.",
      neutral: "Verified when this page was made, not by your browser. Give the fingerprint of the root keys that you trust to have your browser check.",
      unable: "Your browser cannot verify signatures here: it is too old, or the address has no https. `verifier verify` can.",
      verified: "Verified by your browser just now. Signed statements: {n}. Signed by: {people}.",
      partly: "Not all of it was checked by your browser; `verifier verify` does. Signed statements that hold: {n}. Not checked: {left}.",
      failed: "Do not rely on this page: what it shows is not what was signed by people whom you trust.",
      keyless: "{digest}, signed with a certificate",
      ended: "{digest}, of which only the ledger or a time stamp shows that it was signed while the role or the key counted",
      unreadable: "What lies in the page for your browser to verify cannot be read.",
      bad: "Signed files that did not hold when the page was made: {n}.",
      pins: "The root keys of this page are not those that you trust. Their fingerprint is {pins}.",
      link: "The link names another fingerprint than the one that you gave.",
      roots: "Too few of the root keys signed version {n} of the trust policy.",
      follows: "Version {n} of the trust policy does not follow the one before it.",
      expired: "The trust policy expired at {moment}.",
      older: "The trust policy is version {n}; your browser saw version {seen} before.",
      signature: "2 ✗ {digest}: a signature is by nobody whom the trust policy knows, or what was signed was changed.",
      key: "2 ✗ {digest}: the key of {person} was revoked at {moment}.",
      statement: "3 ✗ {digest}: it is no statement of a known kind.",
      role: "5 ✗ {digest}: nobody who signed it has the role that it needs.",
      revoked: "6 ✗ {digest}: it was revoked at {moment}, and the page does not say so.",
      missing: "The signed statement that this page is about does not lie in it.",
      unmarked: "The page does not show where it has “{path}” of the signed statement.",
      unsigned: "The page shows “{path}” as signed, and no signed statement in it says that.",
      differs: "The page shows “{shown}” as “{path}”; what was signed is “{value}”.",
    },
    fr: {
      label: "Empreinte des clés racines auxquelles vous faites confiance",
      hint: "« verifier trust show » l’affiche. Obtenez-la de l’acheteur par une autre voie que ce site.",
      check: "Vérifier les signatures",
      forget: "Oublier l’empreinte",
      malformed: "Ce n’est pas une empreinte : elle a 64 chiffres, de 0 à 9 et de a à f.",
      neutral: "Vérifié lors de la création de cette page, non par votre navigateur. Donnez l’empreinte des clés racines auxquelles vous faites confiance pour que votre navigateur vérifie.",
      unable: "Votre navigateur ne peut pas vérifier de signatures ici : il est trop ancien, ou l’adresse n’a pas https. « verifier verify » le peut.",
      verified: "Vérifié à l’instant par votre navigateur. Déclarations signées : {n}. Signées par : {people}.",
      partly: "Votre navigateur n’a pas tout vérifié; « verifier verify » le fait. Déclarations signées qui sont valides : {n}. Non vérifiées : {left}.",
      failed: "Ne vous fiez pas à cette page : ce qu’elle montre n’est pas ce qu’ont signé des personnes auxquelles vous faites confiance.",
      keyless: "{digest}, signée avec un certificat",
      ended: "{digest}, dont seul le registre ou un horodatage montre qu’elle a été signée quand le rôle ou la clé comptait",
      unreadable: "Ce qui se trouve dans la page pour être vérifié par votre navigateur est illisible.",
      bad: "Fichiers signés qui n’étaient pas valides lors de la création de la page : {n}.",
      pins: "Les clés racines de cette page ne sont pas celles auxquelles vous faites confiance. Leur empreinte est {pins}.",
      link: "Le lien nomme une autre empreinte que celle que vous avez donnée.",
      roots: "Trop peu de clés racines ont signé la version {n} de la politique de confiance.",
      follows: "La version {n} de la politique de confiance ne suit pas celle qui la précède.",
      expired: "La politique de confiance a expiré à {moment}.",
      older: "La politique de confiance est de version {n}; votre navigateur a déjà vu la version {seen}.",
      signature: "2 ✗ {digest} : une signature n’est de personne que connaît la politique de confiance, ou ce qui a été signé a été modifié.",
      key: "2 ✗ {digest} : la clé de {person} a été révoquée à {moment}.",
      statement: "3 ✗ {digest} : ce n’est pas une déclaration d’un genre connu.",
      role: "5 ✗ {digest} : aucun signataire n’a le rôle nécessaire.",
      revoked: "6 ✗ {digest} : elle a été révoquée à {moment}, et la page ne le dit pas.",
      missing: "La déclaration signée dont traite cette page ne s’y trouve pas.",
      unmarked: "La page n’indique pas où elle montre « {path} » de la déclaration signée.",
      unsigned: "La page montre « {path} » comme signé, et aucune déclaration signée qui s’y trouve ne le dit.",
      differs: "La page montre « {shown} » pour « {path} »; ce qui a été signé est « {value} ».",
    },
  };
  const VALUES = {
    en: {
      accepted: "accepted", rejected: "rejected", inconclusive: "inconclusive", pending: "pending", met: "met", unmet: "unmet",
      waived: "waived", undetermined: "undetermined", "awaiting a decision": "awaiting a decision", "not applicable": "not applicable",
      forecast: "would be ",
    },
    fr: {
      accepted: "accepté", rejected: "rejeté", inconclusive: "non concluant", pending: "en attente", met: "respecté",
      unmet: "non respecté", waived: "dispensé", undetermined: "indéterminé", "awaiting a decision": "en attente d'une décision",
      "not applicable": "sans objet", forecast: "verdict prévu : ",
    },
  };
  const TYPE = "application/vnd.in-toto+json";
  const OURS = "https://w3id.org/verifier/";
  const KINDS = {
    [`${OURS}trust-policy/v1`]: "trust-policy",
    [`${OURS}contract/v1`]: "contract",
    [`${OURS}assessment/v1`]: "assessment",
    [`${OURS}decision/v1`]: "decision",
    [`${OURS}waiver/v1`]: "waiver",
    "https://slsa.dev/verification_summary/v1": "acceptance",
    [`${OURS}certification/v1`]: "certification",
    [`${OURS}release/v1`]: "release",
    [`${OURS}record-event/v1`]: "event",
    [`${OURS}revocation/v1`]: "revocation",
  };
  const PARTIES = ["requester", "supplier"];
  const ROLES = {
    assessment: ["assessor"], decision: ["assessor"], waiver: ["assessor"], acceptance: ["assessor"],
    certification: ["certifier"], release: ["gate"],
  };
  const WHOSE = {
    started: ["supplier"], delivered: ["supplier"], extended: ["requester"], disputed: ["supplier", "requester"],
    resolved: ["requester"], debriefed: ["requester", "assessor"], explained: ["requester", "assessor"],
    "not-delivered": ["requester"], terminated: ["requester"], merged: ["requester", "assessor"], listed: ["requester", "assessor"],
    invoiced: ["supplier"], paid: ["payer"], received: ["supplier"],
  };
  const EXPECTED = { assessment: "verdict", contract: "id" };
  const ALGORITHMS = [
    [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }],
    [{ name: "Ed25519" }, { name: "Ed25519" }],
    [{ name: "RSA-PSS", hash: "SHA-256" }, { name: "RSA-PSS", saltLength: 32 }],
  ];
  const FINGERPRINT = /^[0-9a-f]{64}$/;
  const root = document.documentElement;
  const language = root.lang === "fr" ? "fr" : "en";
  const tell = (name, values = {}) => WORDS[language][name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

  class Trouble extends Error {
    constructor(name, values) {
      super(tell(name, values));
      this.name = name;
    }
  }

  /* Bytes, digests and keys. */
  const utf8 = (text) => new TextEncoder().encode(text);
  const decoded = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  const sha256 = async (data) =>
    [...new Uint8Array(await crypto.subtle.digest("SHA-256", data))].map((one) => one.toString(16).padStart(2, "0")).join("");
  const digestOf = (envelope) => sha256(utf8(envelope.payload));

  async function keyOf(pem, person) {
    const der = decoded(pem.match(/-----BEGIN PUBLIC KEY-----([^-]+)-----END/)[1].replace(/\s/g, ""));
    for (const [kind, verifying] of ALGORITHMS) {
      const key = await crypto.subtle.importKey("spki", der, kind, false, ["verify"]).catch(() => null);
      if (key) return { person, id: await sha256(der), key, verifying };
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
    const forms = key.verifying.name === "ECDSA" ? [raw(sig), sig.length === 64 && sig] : [sig];
    for (const form of forms) if (form && (await crypto.subtle.verify(key.verifying, key.key, form, data))) return true;
    return false;
  }

  /* DSSE's pre-authentication encoding: the bytes that a signature is over. */
  function pae(text) {
    const payload = utf8(text);
    const head = utf8(`DSSEv1 ${TYPE.length} ${TYPE} ${payload.length} `);
    const whole = new Uint8Array(head.length + payload.length);
    whole.set(head);
    whole.set(payload, head.length);
    return whole;
  }

  /* Of each signature the key that it is by, or undefined. `keyid` says which to try first, and proves nothing. */
  async function signers(envelope, keys) {
    const data = pae(envelope.payload);
    const found = [];
    for (const { sig, keyid } of envelope.signatures) {
      const tried = keys.filter((key) => key.id === keyid).concat(keys.filter((key) => key.id !== keyid));
      let by;
      for (const key of tried) if (!by && (await isBy(key, decoded(sig), data))) by = key;
      found.push(by);
    }
    return found;
  }

  /* Whom to trust: the pins by their fingerprint, then each version of the policy by the roots before it and by its own. */
  async function policyOf(data, pin) {
    const pins = await sha256(utf8(data.pins));
    if (pins !== pin) throw new Trouble("pins", { pins });
    let policy = { version: 0, digest: pin, roots: JSON.parse(data.pins), revoked: [], expires: "" };
    for (const envelope of data.policies) {
      const n = policy.version + 1;
      await demandRoots(envelope, policy, n);
      const { subject, predicateType, predicate } = JSON.parse(envelope.payload);
      const follows = predicate.version === n && subject[0].digest.sha256 === policy.digest;
      if (KINDS[predicateType] !== "trust-policy" || !follows) throw new Trouble("follows", { n });
      policy = { ...predicate, digest: await digestOf(envelope) };
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
    if (by.size < roots.threshold) throw new Trouble("roots", { n });
  }

  /* 1 to 4: who signed it, with a key that was not revoked, and that it is a statement of a known kind. */
  async function read(envelope, policy, keys) {
    const digest = await digestOf(envelope);
    const one = { digest, short: digest.slice(0, 16), by: [], left: "" };
    if (envelope.signatures.some((signature) => signature.keyless)) return { ...one, left: "keyless" };
    const by = await signers(envelope, keys);
    if (!by.length || by.includes(undefined)) throw new Trouble("signature", { digest: one.short });
    for (const [at, key] of by.entries()) {
      const moment = since(policy.revoked, "key", key.id);
      if (moment && !envelope.signatures[at].stamped) throw new Trouble("key", { digest: one.short, person: key.person, moment });
      if (moment) one.left = "ended";
    }
    const said = JSON.parse(envelope.payload);
    const kind = KINDS[said.predicateType];
    if (!kind || kind === "trust-policy") throw new Trouble("statement", { digest: one.short });
    return { ...one, by: by.map((key) => key.person), said, kind, subject: said.subject[0].digest };
  }

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
    if (!holds.length) one.left = "ended";
    one.roles = holds.map(([, person, role]) => `${person} (${role})`);
  }

  function wanted({ kind, said: { predicate }, subject }, person, all) {
    if (kind === "contract") return PARTIES.filter((role) => predicate[role] === person);
    if (kind !== "event") return ROLES[kind];
    const agreed = all.find((one) => one.kind === "contract" && one.digest === subject.sha256)?.said.predicate ?? {};
    return (WHOSE[predicate.event] ?? []).filter((role) => !PARTIES.includes(role) || (agreed[role] ?? person) === person);
  }

  function contractOf({ kind, said: { predicate } }) {
    if (kind === "contract") return predicate.id;
    if (kind === "event") return predicate.contract;
    const inner = predicate[`${OURS}acceptance/v1`] ?? predicate;
    return (kind === "assessment" ? inner.contract : inner.about).contract;
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
    const told = document.querySelector(`[data-revoked="${one.short}"]`);
    if (moment && (one.digest === about || !told)) throw new Trouble("revoked", { digest: one.short, moment });
  }

  /* What is displayed is what was signed. */
  function displayed(all, about, troubles) {
    const own = all.find((one) => one.digest === about);
    const marks = [...document.querySelectorAll("[data-signed]")];
    const of = (mark) => all.find((one) => one.said && one.short === mark.closest("[data-statement]")?.dataset.statement);
    const path = own && EXPECTED[own.kind];
    if (!own) troubles.push(tell("missing"));
    if (path && !marks.some((mark) => mark.dataset.signed === path && of(mark) === own && mark.checkVisibility()))
      troubles.push(tell("unmarked", { path }));
    for (const mark of marks) {
      const one = of(mark);
      const value = one && valueAt(one.said, mark.dataset.signed);
      if (!["string", "number"].includes(typeof value)) troubles.push(tell("unsigned", { path: mark.dataset.signed }));
      else if (!shows(mark, value, one)) troubles.push(tell("differs", { path: mark.dataset.signed, shown: textOf(mark), value: inert(value) }));
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
  const textOf = (mark) => plain(mark.innerText);
  const digits = (text) => text.replace(/\D/g, "");
  /* As verifier writes what could deceive an eye: invisible characters become visible. */
  const inert = (value) =>
    plain(String(value).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, (sign) => `\\u${sign.codePointAt(0).toString(16).padStart(4, "0")}`));

  function shows(mark, value, one) {
    const { value: raw, signed } = mark.dataset;
    if (raw !== undefined && plain(raw) !== inert(value)) return false;
    const text = textOf(mark);
    if (/(verdict|outcome)$/.test(signed)) return text.toLowerCase().replace(/^[^\p{L}]+/u, "") === wordFor(value, signed, one);
    if (typeof value === "number") return digits(text) !== "" && Number(digits(text)) === value;
    if (/^\d{4}-\d\d-\d\d/.test(value)) return digits(text).length >= 8 && digits(value).startsWith(digits(text));
    if (/^[0-9a-f]{40,64}$/.test(value)) return text.replace("…", "").length >= 7 && value.startsWith(text.replace("…", ""));
    return text === inert(value);
  }

  function wordFor(value, path, { said: { predicate } }) {
    const words = VALUES[language];
    return (path === "verdict" && predicate.kind === "self-check" ? words.forecast : "") + words[value];
  }

  /* The whole: troubles in words, what is left unchecked, and who signed what holds. */
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
    const left = all.filter((one) => one.left).map((one) => tell(one.left, { digest: one.short }));
    const people = [...new Set(all.flatMap((one) => one.roles ?? one.by))].sort().join(", ");
    return { troubles, left: left.join("; "), n: all.filter((one) => !one.left).length, people };
  }

  async function enclosed() {
    const packed = decoded(JSON.parse(document.getElementById("envelopes").textContent));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  }

  /* The reader's fingerprint: kept by the browser, or in the link that was followed. */
  const now = () => new Date().toISOString().slice(0, 19) + "Z";
  const read16 = (text) => text.trim().toLowerCase().replace(/^sha256:/, "");
  const linked = () => read16(new URLSearchParams(location.hash.slice(1)).get("pin") ?? "");

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

  /* What the reader sees. */
  const made = (name, words = "", more = {}) => Object.assign(document.createElement(name), { textContent: words, ...more });

  function show(state, words, troubles = []) {
    document.querySelectorAll(".by-browser").forEach((one) => one.remove());
    if (state) root.dataset.verified = state;
    else delete root.dataset.verified;
    document.getElementById("by-whom").textContent = words;
    if (state === "failed") {
      const banner = made("div", "", { className: "by-browser untrusted", role: "alert" });
      const list = made("ul");
      list.append(...troubles.map((one) => made("li", one)));
      banner.append(made("p", `✗ ${words}`), list);
      document.body.prepend(banner);
    } else if (state === "browser") {
      document.querySelector("main").prepend(made("p", `✓ ${words}`, { className: "by-browser checked", role: "status" }));
    }
  }

  async function run() {
    const own = kept("pin");
    const pin = own ?? linked();
    if (!FINGERPRINT.test(pin)) return show("", tell(pin ? "malformed" : "neutral"));
    if (!crypto.subtle || !globalThis.DecompressionStream) return show("", tell("unable"));
    try {
      if (linked() && linked() !== pin) throw new Trouble("link");
      const found = await verify(pin);
      if (found.troubles.length) show("failed", tell("failed"), found.troubles);
      else if (found.left) show("", tell("partly", found));
      else show("browser", tell("verified", found));
    } catch (error) {
      if (error.name === "unable") return show("", error.message);
      show("failed", tell("failed"), [error instanceof Trouble ? error.message : tell("unreadable")]);
    }
  }

  function form() {
    const field = made("input", "", { id: "pin", name: "pin", value: kept("pin") ?? linked(), autocomplete: "off", spellcheck: false, size: 66 });
    const hint = made("p", tell("hint"), { id: "pin-hint", className: "small soft" });
    field.setAttribute("aria-describedby", "pin-hint");
    const forget = made("button", tell("forget"), { type: "button", className: "quiet" });
    const whole = made("form", "", { className: "pin" });
    whole.append(made("label", tell("label"), { htmlFor: "pin" }), field, hint, made("button", tell("check")), " ", forget);
    const use = (pin) => {
      keep("pin", pin);
      return run();
    };
    whole.addEventListener("submit", (event) => {
      event.preventDefault();
      const pin = read16(field.value);
      FINGERPRINT.test(pin) ? use(pin) : show("", tell("malformed"));
    });
    forget.addEventListener("click", () => {
      field.value = "";
      use(null);
    });
    document.getElementById("by-whom").after(whole);
  }

  if (document.getElementById("envelopes")) {
    form();
    addEventListener("hashchange", run);
    run();
  }
}
