"use strict";
// How the panel's scripts ask the server: a form's fields in a POST, JSON back.

const panel = {
  token() {
    return document.querySelector("input[name=csrfmiddlewaretoken]").value;
  },
  async ask(url, fields) {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    const answer = await fetch(url, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": this.token(), Accept: "application/json" },
    });
    const type = answer.headers.get("Content-Type") || "";
    const said = type.includes("json") ? await answer.json() : {};
    if (!answer.ok && !said.message) said.message = "That did not work. Load the page again.";
    return { ok: answer.ok && type.includes("json") && !said.message, said };
  },
};
