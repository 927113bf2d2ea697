const box = document.getElementById("box");

function greet() {
  const name = decodeURIComponent(location.hash.slice(1));
  // ruleid: js-address-to-markup
  box.innerHTML = "<p>" + name + "</p>";
  // ruleid: js-address-to-markup
  document.write(new URLSearchParams(window.location.search).get("name"));
  // ok: js-address-to-markup
  box.textContent = name;
  // ok: js-address-to-markup
  box.innerHTML = `<a href="?q=${encodeURIComponent(name)}">again</a>`;
}

function constant() {
  // ok: js-address-to-markup
  box.innerHTML = "<p>ready</p>";
}
