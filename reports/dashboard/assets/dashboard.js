"use strict";

/* The message to a supplier: a button that copies it, where there is a script to do so. */
for (const letter of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button"), told = document.createElement("span");
  button.type = "button";
  button.textContent = letter.dataset.copy;
  told.setAttribute("role", "status");
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
