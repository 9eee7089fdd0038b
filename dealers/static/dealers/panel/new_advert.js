"use strict";
// A new car with photos: it is stored, its photos follow, and it is published last. The page stays
// until that is done, so that what is to be corrected costs nobody their photos.

class NewAdvert {
  constructor(form, board) {
    this.form = form;
    this.board = board;
    this.said = document.querySelector(".panel-save-said");
    this.isBusy = false;
    form.addEventListener("submit", (event) => {
      if (board.photos.length === 0) return;
      event.preventDefault();
      if (!this.isBusy) this.save(event.submitter);
    });
    window.addEventListener("beforeunload", (event) => {
      if (!this.isDone && board.photos.length > 0) event.preventDefault();
    });
  }

  async save(button) {
    this.isBusy = this.board.board.inert = true;
    const isPublished = button?.name === "_publish";
    this.say("Saving…");
    const stored = await this.store(button);
    if (stored) {
      const refused = await this.sendPhotos(stored.photos_url);
      if (refused.length > 0) {
        const draft = isPublished ? " The car is kept as a draft." : "";
        sessionStorage.setItem(REFUSED_KEY, `Not added: ${refused.join(" ")}${draft}`);
      } else if (isPublished) {
        this.say("Publishing…");
        await panel.ask(stored.publish_url, {});
      }
      this.isDone = true;
      window.location.assign(refused.length > 0 ? stored.advert_url : stored.location);
    } else {
      this.isBusy = this.board.board.inert = false;
    }
  }

  async store(button) {
    const fields = new FormData(this.form);
    if (button?.name) fields.set(button.name, button.value);
    const answer = await panel.ask(window.location.pathname, fields);
    this.showErrors(answer.ok ? {} : answer.said.errors || {});
    if (answer.ok) return answer.said;
    const more = answer.isLost ? " Look in your stock whether the car is there before you save again." : "";
    this.say(`${answer.said.message}${more}`);
    const doubt = this.form.querySelector("[name=doubted_price]");
    if (doubt && answer.said.doubted_price) doubt.value = answer.said.doubted_price;
    return null;
  }

  async sendPhotos(url) {
    const refused = [];
    const photos = this.board.photos;
    for (const [number, photo] of photos.entries()) {
      this.say(`Sending photo ${number + 1} of ${photos.length}…`);
      const answer = await panel.ask(url, { photo: photo.file }, UPLOAD_PATIENCE);
      if (!answer.ok) refused.push(`${photo.file.name}: ${answer.said.message}`);
    }
    return refused;
  }

  say(text) {
    this.said.textContent = text;
  }

  showErrors(errors) {
    for (const old of this.form.querySelectorAll(".panel-field-error")) old.remove();
    for (const field of this.form.querySelectorAll("[data-described-by]")) {
      field.removeAttribute("aria-invalid");
      field.setAttribute("aria-describedby", field.dataset.describedBy);
      delete field.dataset.describedBy;
    }
    const shown = Object.entries(errors).map(([name, texts]) => this.showError(name, texts));
    shown[0]?.focus();
    shown[0]?.scrollIntoView({ block: "center" });
  }

  // Beside its field, or above the form where it is no field's; returns what to look at.
  showError(name, texts) {
    const line = element("p", { className: "panel-field-error", id: `said-of-${name}`, textContent: texts.join(" ") });
    const field = this.form.querySelector(`[name=${name}]`);
    if (!field || field.type === "hidden") {
      line.tabIndex = -1;
      this.form.prepend(line);
      return line;
    }
    const shown = field.nextElementSibling?.classList.contains("select2") ? field.nextElementSibling : field;
    shown.after(line);
    const focused = shown === field ? field : shown.querySelector("[role=combobox]") || field;
    focused.setAttribute("aria-invalid", "true");
    focused.dataset.describedBy = focused.getAttribute("aria-describedby") || "";
    focused.setAttribute("aria-describedby", `${focused.dataset.describedBy} ${line.id}`.trim());
    return focused;
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("#listing_form");
  const board = panel.photoBoard;
  if (form && board && board.store instanceof ChosenPhotos) new NewAdvert(form, board);
});
