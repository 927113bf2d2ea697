"use strict";
/* A key that this browser keeps, gives to nobody, and signs with what the server prepared. docs/dashboard.md */
{
  const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
  const place = first("#own-key");
  const { who, keys, payload, file } = place.dataset;
  const form = place.querySelector("form");
  const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

  const answered = (asked) => new Promise((done, failed) => {
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });

  async function stored(act) {
    const asked = indexedDB.open("verifier");
    asked.onupgradeneeded = () => asked.result.createObjectStore("keys");
    return answered(act((await answered(asked)).transaction("keys", "readwrite").objectStore("keys")));
  }

  async function own() {
    const pair = await stored((all) => all.get(who));
    if (!pair) return null;
    const der = await crypto.subtle.exportKey("spki", pair.publicKey);
    return { ...pair, id: await sha256(der), pem: base64(der).replace(/.{1,64}/g, "$&\n") };
  }

  /* r and s of 32 bytes each in DER, as statements have it. */
  const number = (bytes) => {
    const plain = bytes.slice(bytes.findIndex((one) => one));
    return plain[0] > 127 ? [2, plain.length + 1, 0, ...plain] : [2, plain.length, ...plain];
  };
  const der = (raw) => {
    const both = [...number(raw.slice(0, 32)), ...number(raw.slice(32))];
    return [48, both.length, ...both];
  };

  async function signed() {
    const { id, privateKey } = await own();
    const raw = await crypto.subtle.sign(ECDSA, privateKey, pae(decoded(payload)));
    const signatures = [{ keyid: id, sig: base64(der([...new Uint8Array(raw)])) }];
    const dsseEnvelope = { payload, payloadType: TYPE, signatures };
    const verificationMaterial = { publicKey: { hint: id } };
    return new File([JSON.stringify({ dsseEnvelope, mediaType: BUNDLE, verificationMaterial })], file);
  }

  async function hand(event) {
    event.preventDefault();
    const made = await signed();
    if (form.elements.statement) {
      const given = new DataTransfer();
      given.items.add(made);
      form.elements.statement.files = given.files;
      form.submit();
    } else element("a", "", { href: URL.createObjectURL(made), download: file }).click();
  }

  const ACTS = {
    make: async () => {
      const pair = await crypto.subtle.generateKey(ECDSA, false, ["sign"]);
      await stored((all) => all.add(pair, who));
    },
    remove: () => stored((all) => all.delete(who)),
  };

  async function show() {
    const key = await own();
    const state = key ? (keys.split(" ").includes(key.id) ? "known" : "unknown") : "none";
    for (const one of place.querySelectorAll("[data-when]")) one.hidden = !one.dataset.when.split(" ").includes(state);
    for (const one of place.querySelectorAll("[data-of]")) one.textContent = key?.[one.dataset.of];
  }

  for (const one of place.querySelectorAll("[data-act]"))
    one.addEventListener("click", () => ACTS[one.dataset.act]().then(show));
  form?.addEventListener("submit", hand);
  if (crypto.subtle) show().then(() => (place.hidden = false));
}
