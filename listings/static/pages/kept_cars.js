// Cars that a reader keeps: favourites in the browser's own storage, cars to compare in the tab's.
// Nothing of it reaches the server but the ids that a page asks about. Without this script there are
// no hearts, and "Compare" is a link.
"use strict";

class KeptCars extends EventTarget {
  /** `storage` names one of the window's; `most` is how many cars are kept. */
  constructor(storage, key, most) {
    super();
    this.storage = storage;
    this.key = key;
    this.most = most;
    this.unsaved = null; // what a storage that is full or forbidden does not take, while the page lasts
    window.addEventListener("storage", (event) => {
      if (event.key === this.key || event.key === null) this.tell("elsewhere");
    });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.tell("elsewhere"); // it may have, while this page was left
    });
  }

  /** The ids, newest first. Whatever else stands in the storage is no car. */
  ids() {
    if (this.unsaved) return this.unsaved;
    try {
      const kept = JSON.parse(window[this.storage].getItem(this.key) || "[]");
      const ids = Array.isArray(kept) ? kept.filter((id) => Number.isSafeInteger(id) && id > 0) : [];
      return [...new Set(ids)].slice(0, this.most);
    } catch {
      return [];
    }
  }

  has(id) {
    return this.ids().includes(id);
  }

  isFull() {
    return this.ids().length >= this.most;
  }

  /** Tell whether the browser keeps what it was given. */
  keep(ids) {
    try {
      window[this.storage].setItem(this.key, JSON.stringify(ids));
      this.unsaved = null;
    } catch {
      this.unsaved = ids;
    }
    this.tell();
    return this.unsaved === null;
  }

  add(id) {
    return this.keep([id, ...this.ids().filter((other) => other !== id)]);
  }

  remove(...gone) {
    return this.keep(this.ids().filter((id) => !gone.includes(id)));
  }

  /** "elsewhere": another tab changed it. */
  tell(...where) {
    for (const name of ["change", ...where]) this.dispatchEvent(new Event(name));
  }
}

(() => {
  const favourites = new KeptCars("localStorage", "used-cars-favourites", 100);
  const compared = new KeptCars("sessionStorage", "used-cars-compared", 6);
  const address = (ids) => `/cars/compare/?${ids.map((id) => `id=${id}`).join("&")}`;

  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.className = "kept-status";
  document.body.append(status);
  let fading = 0;
  const say = (text) => {
    status.textContent = text;
    clearTimeout(fading);
    fading = setTimeout(() => { status.textContent = ""; }, 6000);
  };
  const NOT_KEPT = "This browser keeps nothing for us: your choice lasts until you leave this page.";

  const carOf = (link) => Number(link.closest("[data-car]").dataset.car);

  /** A heart behind each place that names a car: on cards, and on a car's own page. */
  const addHearts = () => {
    for (const place of document.querySelectorAll("[data-car]")) {
      if (place.nextElementSibling?.matches(".heart")) continue;
      const title = place.closest(".uc-card, .sale").querySelector(".uc-title, h1").textContent;
      const heart = document.createElement("button");
      heart.type = "button";
      heart.className = "heart";
      heart.dataset.favourite = place.dataset.car;
      heart.setAttribute("aria-label", `Favourite: ${title}`);
      place.after(heart);
    }
  };

  const toggleFavourite = (id) => {
    if (favourites.has(id)) {
      favourites.remove(id);
      say("No longer one of your favourites.");
    } else if (favourites.isFull()) {
      say(`${favourites.most} favourites are the most that are kept.`);
    } else {
      say(favourites.add(id) ? "Kept with your favourites." : NOT_KEPT);
    }
  };

  const toggleCompared = (id) => {
    if (compared.has(id)) compared.remove(id);
    else if (compared.isFull()) say(`${compared.most} cars are the most that stand side by side.`);
    else compared.keep([...compared.ids(), id]);
  };

  document.addEventListener("click", (event) => {
    const heart = event.target.closest("[data-favourite]");
    if (heart) toggleFavourite(Number(heart.dataset.favourite));
    const link = event.target.closest("[data-compare]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      toggleCompared(carOf(link));
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches("[data-compare]")) return;
    event.preventDefault(); // as a button does
    event.target.click();
  });

  const showFavourites = () => {
    const ids = favourites.ids();
    addHearts();
    for (const heart of document.querySelectorAll("[data-favourite]")) {
      heart.setAttribute("aria-pressed", String(ids.includes(Number(heart.dataset.favourite))));
    }
    for (const link of document.querySelectorAll("[data-favourites]")) {
      link.hidden = false;
      link.querySelector("span").textContent = ids.length ? ` (${ids.length})` : "";
    }
  };

  const bar = document.createElement("aside");
  bar.className = "compare-bar";
  bar.setAttribute("aria-label", "Cars to compare");
  const count = document.createElement("span");
  const go = document.createElement("a");
  go.className = "button";
  go.textContent = "Compare";
  const clear = document.createElement("button");
  clear.type = "button";
  clear.textContent = "Clear";
  clear.addEventListener("click", () => compared.keep([]));
  bar.append(count, go, clear);

  const showCompared = () => {
    const ids = compared.ids();
    for (const link of document.querySelectorAll("[data-compare]")) {
      link.setAttribute("role", "button");
      link.setAttribute("aria-pressed", String(ids.includes(carOf(link))));
    }
    count.textContent = ids.length === 1 ? "1 car to compare" : `${ids.length} cars to compare`;
    go.href = address(ids);
    const isWanted = ids.length > 0 && document.querySelector("[data-compare]") !== null;
    if (isWanted) document.body.append(bar);
    else bar.remove();
    document.documentElement.classList.toggle("has-compare-bar", isWanted);
  };

  // The page that has cars side by side is what is compared from then on.
  const shown = document.querySelector("[data-compared]");
  if (shown) compared.keep(shown.dataset.compared.split(",").filter(Boolean).map(Number));

  favourites.addEventListener("change", showFavourites);
  compared.addEventListener("change", showCompared);
  const showAll = () => {
    showFavourites();
    showCompared();
  };
  showAll();
  window.keptCars = { favourites, address, showAll };
})();
