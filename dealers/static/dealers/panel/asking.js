"use strict";
// How the panel's scripts ask the server: a form's fields in a POST, JSON back.

const PATIENCE = 20000; // milliseconds

const panel = {
  token() {
    return document.querySelector("input[name=csrfmiddlewaretoken]").value;
  },
  // `isLost` says that no answer came: whether it was done, nobody knows, and it may be asked again.
  // `fields` are a form's data, or values by name.
  async ask(url, fields, patience = PATIENCE) {
    const body = fields instanceof FormData ? fields : new FormData();
    if (body !== fields) for (const [name, value] of Object.entries(fields)) body.append(name, value);
    let answer;
    try {
      answer = await fetch(url, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": this.token(), Accept: "application/json" },
        signal: AbortSignal.timeout(patience),
      });
    } catch {
      return this.failed(navigator.onLine ? "The server does not answer." : "You are offline.", true);
    }
    const type = answer.headers.get("Content-Type") || "";
    if (type.includes("json")) {
      let said;
      try {
        said = await answer.json();
      } catch {
        return this.failed("The connection broke.", true);
      }
      if (!answer.ok && !said.message) said.message = "That did not work. Load the page again.";
      return { ok: answer.ok && !said.message, isLost: false, said };
    }
    if (answer.status >= 500 || answer.status === 429) return this.failed("The server is busy.", true);
    const isSignedOut = answer.redirected || answer.status === 403;
    return this.failed(
      isSignedOut
        ? "You are signed out: load the page again to sign in."
        : "That did not work. Load the page again.",
      false,
    );
  },
  failed(message, isLost) {
    return { ok: false, isLost, said: { message } };
  },
};
