// The page of favourites: asks the API what became of the cars that this browser keeps.
"use strict";

(() => {
  const { favourites, address, showAll } = window.keptCars;
  const page = document.querySelector("[data-favourites-page]");
  const part = (name) => page.querySelector(`[data-part="${name}"]`);
  const template = page.querySelector("template");
  let asked = 0;

  const photo = (advert) => {
    const image = document.createElement("img");
    if (advert.photo.sizes.length) {
      image.srcset = advert.photo.sizes.map((size) => `${size.webp_url} ${size.width}w`).join(", ");
      image.sizes = "(max-width: 34em) 8em, 24em";
    }
    image.src = advert.photo.url;
    image.width = advert.photo.width;
    image.height = advert.photo.height;
    image.alt = "";
    image.loading = "lazy";
    return image;
  };

  const badge = (text) => {
    const made = document.createElement("span");
    made.className = "uc-badge";
    made.textContent = text;
    return made;
  };

  const card = (advert) => {
    const made = template.content.firstElementChild.cloneNode(true);
    const find = (name) => made.querySelector(name);
    if (advert.photo) find(".uc-photo").append(photo(advert));
    if (advert.reserved) find(".uc-photo").append(badge("Reserved"));
    find(".uc-title").textContent = advert.title;
    find(".uc-price").textContent = advert.price_text;
    if (advert.was_text) {
      const was = document.createElement("span");
      was.className = "uc-was";
      was.textContent = `was ${advert.was_text}`;
      find(".uc-price").append(" ", was);
    }
    if (advert.rating) {
      const label = document.createElement("strong");
      label.textContent = advert.rating.label;
      find(".uc-rating").append(label, ` ${advert.rating.text}`);
    }
    find(".uc-facts").append(...advert.facts.map((fact) => {
      const line = document.createElement("li");
      line.textContent = fact;
      return line;
    }));
    find(".uc-place").textContent = advert.town;
    find(".uc-link").href = advert.url;
    find(".uc-link").setAttribute("aria-label", `View details: ${advert.title}`);
    find("[data-car]").dataset.car = advert.id;
    const compare = find("[data-compare]");
    compare.href = address([advert.id]);
    compare.setAttribute("aria-label", `Compare: ${advert.title}`);
    return made;
  };

  const gone = (each) => {
    const line = document.createElement("li");
    const told = { sold: "has been sold.", ended: "is no longer for sale.", unknown: "is gone." };
    const name = each.title === null ? document.createElement("span") : document.createElement("a");
    name.textContent = each.title === null ? "A car that you kept" : each.title;
    if (each.title !== null) name.href = `/cars/${each.id}/`;
    line.append(name, ` ${told[each.reason]}`);
    return line;
  };

  const show = (answer) => {
    const ids = answer.adverts.map((advert) => advert.id);
    part("cards").replaceChildren(...answer.adverts.map(card));
    part("gone").replaceChildren(...answer.gone.map(gone));
    part("forget").hidden = part("gone").hidden = answer.gone.length === 0;
    part("forget").onclick = () => {
      favourites.remove(...answer.gone.map((each) => each.id));
      page.focus();
      load();
    };
    part("told").textContent = "No favourites yet: choose the heart of a car that you like.";
    part("none").hidden = ids.length + answer.gone.length > 0;
    part("compare").hidden = ids.length < 2;
    part("compare").querySelector("a").href = address(ids.slice(0, 6));
    part("alerts").hidden = ids.length === 0;
    part("alerts").querySelector("a").href = `/alerts/new/?${ids.slice(0, 50).map((id) => `car=${id}`).join("&")}`;
    part("first").hidden = ids.length <= 6;
    showAll();
  };

  const load = async () => {
    const ids = favourites.ids();
    const turn = ++asked; // an answer that comes late is not shown over a later one
    part("failed").hidden = true;
    if (!ids.length) return show({ adverts: [], gone: [] });
    page.setAttribute("aria-busy", "true");
    part("told").textContent = "Looking what became of your favourites …";
    try {
      const answer = await fetch(`${page.dataset.favouritesPage}?id=${ids.join(",")}`, {
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(15000),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      if (turn === asked) show(found);
    } catch {
      if (turn !== asked) return;
      part("failed").hidden = false; // not that there are none
      part("none").hidden = true;
    } finally {
      if (turn === asked) page.removeAttribute("aria-busy");
    }
  };

  // A car that is taken off here stays in view, so that a slip can be undone; other tabs look anew.
  favourites.addEventListener("elsewhere", load);
  part("again").addEventListener("click", load);
  load();
})();
