"use strict";
// How complete an advert is while its form is filled in. The server knows the rules.

const PAUSE = 400; // milliseconds without a keystroke

class Completeness {
  constructor(card, form) {
    this.card = card;
    this.form = form;
    this.asked = 0;
    for (const kind of ["input", "change", "panel:photos"]) {
      form.addEventListener(kind, () => this.wait());
    }
    if (window.django && window.django.jQuery) {
      window.django.jQuery(form).on("change", "select", () => this.wait());
    }
    this.wait(); // a browser may have filled in what it remembers
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const turn = ++this.asked;
    const fields = new FormData(this.form);
    fields.set("photos", document.querySelectorAll(".panel-photo-list > li").length);
    const answer = await panel.ask(this.card.dataset.completeUrl, fields);
    if (!answer.ok || turn !== this.asked) return; // what is shown was true when it was asked
    const { html, said } = answer.said;
    const place = this.card.querySelector("[data-part=html]");
    if (place.innerHTML.trim() === html.trim()) return;
    place.innerHTML = html;
    this.card.querySelector("[role=status]").textContent = said;
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const card = document.querySelector("[data-complete-url]");
  const form = document.querySelector("#listing_form");
  if (card && form && form.querySelector("[name=year]")) new Completeness(card, form);
});
