"use strict";
// A price is written where it stands in the table: Enter or leaving the field saves it. Until the
// server has said so nothing looks saved: the field shows the price that the advert has.

const STATES = ["saving", "saved", "refused", "asking"];

class PriceField {
  constructor(input) {
    this.input = input;
    this.box = input.parentElement;
    this.said = this.box.querySelector(".panel-price-said");
  }

  async save(digits, more = {}) {
    const { seen, url } = this.input.dataset;
    if (digits === seen || this.box.classList.contains("is-saving")) return;
    this.show("saving", "Saving…");
    this.input.readOnly = true;
    const answer = await panel.ask(url, { price: digits, seen, ...more });
    this.input.readOnly = false;
    const { price, ask, message, origin } = answer.said;
    if (price !== undefined && (price !== null || answer.ok)) this.remember(price);
    this.restore();
    if (ask) {
      this.show("asking", ask);
      this.offer("Yes", () => this.save(digits, { sure: "yes" }));
      this.offer("No", () => this.show("", ""));
    } else if (answer.ok) {
      this.show("saved", "Saved");
      if (origin) this.offer("Undo", () => this.undo(origin));
    } else {
      this.show("refused", `Not saved: ${this.input.dataset.typed}. ${message}`);
      if (answer.isLost) this.offer("Try again", () => this.save(digits, more));
    }
  }

  async undo(origin) {
    this.show("saving", "Undoing…");
    const answer = await panel.ask(this.input.dataset.undoUrl, { origin });
    if (answer.ok) this.remember(answer.said.price);
    this.restore();
    this.show(answer.ok ? "saved" : "refused", answer.ok ? answer.said.said : answer.said.message);
    if (answer.isLost) this.offer("Try again", () => this.undo(origin));
  }

  remember(price) {
    this.input.dataset.seen = price === null ? "" : String(price);
  }

  restore() {
    const seen = this.input.dataset.seen;
    this.input.value = seen ? Number(seen).toLocaleString("en-GB") : "";
  }

  show(state, text) {
    for (const each of STATES) this.box.classList.toggle(`is-${each}`, each === state);
    this.said.replaceChildren(text);
  }

  offer(label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", act);
    this.said.append(" ", button);
  }
}

document.addEventListener("change", (event) => {
  if (!event.target.matches(".panel-price input")) return;
  event.target.dataset.typed = event.target.value || "POA";
  new PriceField(event.target).save(event.target.value.replace(/[£,\s]/g, ""));
});
document.addEventListener("keydown", (event) => {
  if (!event.target.matches(".panel-price input")) return;
  if (event.key === "Enter") {
    event.preventDefault();
    event.target.blur();
  } else if (event.key === "Escape") {
    new PriceField(event.target).restore();
  }
});
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector(".panel-price.is-saving")) event.preventDefault();
});
