"use strict";
// The photos of an advert: taken or chosen, put in order by buttons or by dragging, and removed.

const UPLOAD_PATIENCE = 180000; // milliseconds: 20 MB from a phone in the yard
const REFUSED_KEY = "panel-photos-refused"; // what the page before has to say of photos

// Those of an advert that is stored: each change is asked of the server at once.
class StoredPhotos {
  constructor(urls, photos) {
    this.urls = urls;
    this.photos = photos;
  }

  async add(file) {
    return this.heard(await panel.ask(this.urls.url, { photo: file }, UPLOAD_PATIENCE));
  }

  async order(ids) {
    return this.heard(await panel.ask(this.urls.orderUrl, { ids: ids.join() }));
  }

  async remove(id) {
    return this.heard(await panel.ask(this.urls.removeUrl.replace("/0/", `/${id}/`), {}));
  }

  heard(answer) {
    if (answer.said.photos) this.photos = answer.said.photos;
    return answer.ok ? "" : answer.said.message;
  }
}

// Those of a car that is not stored yet: they wait on the page until it is.
class ChosenPhotos {
  constructor() {
    this.photos = [];
    this.count = 0;
  }

  async add(file) {
    const id = `chosen-${++this.count}`;
    this.photos = [...this.photos, { id, url: URL.createObjectURL(file), file }];
    return "";
  }

  async order(ids) {
    this.photos = ids.map((id) => this.photos.find((photo) => photo.id === id));
    return "";
  }

  async remove(id) {
    URL.revokeObjectURL(this.photos.find((photo) => photo.id === id).url);
    this.photos = this.photos.filter((photo) => photo.id !== id);
    return "";
  }
}

function element(tag, properties, attributes = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

class PhotoBoard {
  constructor(board) {
    this.board = board;
    this.list = board.querySelector(".panel-photo-list");
    this.said = board.querySelector(".panel-photos-said");
    this.dragged = null;
    const there = JSON.parse(document.querySelector("#photos-there").textContent);
    this.store = board.dataset.url ? new StoredPhotos(board.dataset, there) : new ChosenPhotos();
    for (const input of board.querySelectorAll("input[type=file]")) {
      input.hasChangeListener = true; // else Unfold looks for the text box of its own file field
      input.addEventListener("change", async () => {
        await this.add([...input.files]);
        input.value = "";
      });
    }
    this.listen(board.querySelector(".panel-drop"));
    this.show();
    this.tellOfPageBefore();
  }

  get photos() {
    return this.store.photos;
  }

  listen(drop) {
    for (const kind of ["dragover", "dragleave", "drop"]) {
      this.board.addEventListener(kind, (event) => {
        if (this.dragged) return;
        event.preventDefault();
        drop.classList.toggle("is-over", kind === "dragover");
        if (kind === "drop") this.add([...event.dataTransfer.files]);
      });
    }
  }

  show() {
    this.list.replaceChildren(...this.photos.map((photo, place) => this.item(photo, place)));
    const cover = document.querySelector("[data-part=photo]");
    if (cover && this.photos.length > 0) {
      cover.replaceChildren(element("img", { src: this.photos[0].url, alt: "" }));
    }
    this.board.dispatchEvent(new Event("panel:photos", { bubbles: true }));
  }

  item(photo, place) {
    const item = element("li", { draggable: true });
    item.dataset.id = photo.id;
    const name = place === 0 ? "Photo 1, the main photo" : `Photo ${place + 1}`;
    const image = element("img", { src: photo.url, alt: name, loading: "lazy" });
    image.addEventListener("error", () => {
      // A browser may not show what a camera wrote; the server reads it all the same.
      image.replaceWith(element("span", { className: "panel-photo-name", textContent: photo.file?.name || name }));
    });
    const steps = element("div", { className: "panel-photo-steps" });
    const last = this.photos.length - 1;
    steps.append(
      this.button("earlier", "arrow_back", `Move photo ${place + 1} earlier`, place > 0, () => this.move(place, place - 1, "earlier")),
      this.button("main", "star", `Make photo ${place + 1} the main photo`, place > 0, () => this.move(place, 0, "main")),
      this.button("later", "arrow_forward", `Move photo ${place + 1} later`, place < last, () => this.move(place, place + 1, "later")),
    );
    const remove = this.button("remove", "close", `Remove photo ${place + 1}`, true, () => this.remove(place));
    item.append(image, remove, steps);
    if (place === 0) item.append(element("span", { className: "panel-photo-cover", textContent: "Main" }, { "aria-hidden": "true" }));
    this.makeDraggable(item);
    return item;
  }

  // One that can do nothing now keeps its place and the focus.
  button(act, icon, label, isPossible, done) {
    const made = element("button", { type: "button", className: `panel-photo-${act}` }, { "aria-label": label });
    made.dataset.act = act;
    if (!isPossible) made.setAttribute("aria-disabled", "true");
    made.append(element("span", { className: "material-symbols-outlined", textContent: icon }, { "aria-hidden": "true" }));
    made.addEventListener("click", () => isPossible && done());
    return made;
  }

  makeDraggable(item) {
    item.addEventListener("dragstart", (event) => {
      this.dragged = item;
      event.dataTransfer.effectAllowed = "move";
      item.classList.add("is-dragged");
    });
    item.addEventListener("dragover", (event) => {
      event.preventDefault();
      if (!this.dragged || this.dragged === item) return;
      const box = item.getBoundingClientRect();
      const isAfter = event.clientX > box.left + box.width / 2;
      this.list.insertBefore(this.dragged, isAfter ? item.nextSibling : item);
    });
    item.addEventListener("dragend", async () => {
      item.classList.remove("is-dragged");
      this.dragged = null;
      const ids = [...this.list.children].map((each) => this.idOf(each));
      if (ids.join() === this.ids().join()) return;
      const place = ids.indexOf(this.idOf(item));
      await this.keep(ids, `The photo is now number ${place + 1} of ${ids.length}.`);
    });
  }

  idOf(item) {
    return this.photos.find((photo) => String(photo.id) === item.dataset.id).id;
  }

  ids() {
    return this.photos.map((photo) => photo.id);
  }

  // The focus goes with the photo, on the button that was pressed.
  async move(from, to, act) {
    const ids = this.ids();
    ids.splice(to, 0, ...ids.splice(from, 1));
    const place = to === 0 ? "the main photo" : `photo ${to + 1} of ${ids.length}`;
    await this.keep(ids, `Photo ${from + 1} is now ${place}.`);
    this.list.children[to]?.querySelector(`[data-act=${act}]`)?.focus();
  }

  async keep(ids, done) {
    const refusal = await this.store.order(ids);
    this.show();
    this.said.textContent = refusal || done;
  }

  async remove(place) {
    const refusal = await this.store.remove(this.photos[place].id);
    this.show();
    this.said.textContent = refusal || `Photo ${place + 1} is removed.`;
    const next = this.list.children[Math.min(place, this.photos.length - 1)];
    (next?.querySelector("[data-act=remove]") || this.board.querySelector("input[multiple]")).focus();
  }

  async add(files) {
    const refused = [];
    for (const [number, file] of files.entries()) {
      this.said.textContent = `Adding ${number + 1} of ${files.length}…`;
      const refusal = await this.store.add(file);
      if (refusal) refused.push(`${file.name}: ${refusal}`);
      this.show();
    }
    this.said.textContent = [`${files.length - refused.length} added.`, ...refused].join(" ");
  }

  tellOfPageBefore() {
    const refused = sessionStorage.getItem(REFUSED_KEY);
    if (!refused || !this.board.dataset.url) return;
    sessionStorage.removeItem(REFUSED_KEY);
    this.said.textContent = refused;
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const board = document.querySelector(".panel-photos");
  if (board) panel.photoBoard = new PhotoBoard(board);
});
