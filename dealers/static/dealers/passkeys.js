"use strict";

/* Forms that hand in a passkey: the browser is asked for it, and its answer is a field of the form.
   Without WebAuthn they stay hidden; every page has another way. */
(() => {
  async function optionsOf(form) {
    if (!form.dataset.optionsUrl) {
      return JSON.parse(document.getElementById("passkey-options").textContent);
    }
    const answer = await fetch(form.dataset.optionsUrl, { method: "POST", body: new FormData(form) });
    if (!answer.ok) {
      throw new Error(`${answer.status}`);
    }
    return answer.json();
  }

  async function handIn(form) {
    const refusal = form.querySelector("[data-refusal]");
    refusal.hidden = true;
    try {
      const options = await optionsOf(form);
      const credential = await window.webauthnJSON[form.dataset.passkey](options);
      form.querySelector("[data-credential]").value = JSON.stringify(credential);
    } catch {
      refusal.hidden = false;
      return;
    }
    form.submit();
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = !window.PublicKeyCredential;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      handIn(form);
    });
  }
})();
