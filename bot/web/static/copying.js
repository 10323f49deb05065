/* Copies an address at one press. Without a script it can be marked and copied by hand. */
"use strict";

(() => {
  const field = document.getElementById("feed");
  const button = document.getElementById("copy");
  const told = document.getElementById("copied");

  /* Over plain http a browser lets no script write to the clipboard but in the old way. */
  async function copied() {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch (error) {
      return document.execCommand("copy");
    }
  }

  button.hidden = false;
  button.addEventListener("click", async () => {
    told.textContent = (await copied()) ? button.dataset.done : button.dataset.failed;
  });
  field.addEventListener("focus", () => field.select());
})();
