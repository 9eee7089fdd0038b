// Photos over the whole window. Without this script each of them is a link to the photo itself.
"use strict";

(() => {
  const SWIPE = 40; // pixels that a finger moves before it means the next photo

  const button = (name, label, text) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = `lightbox-${name}`;
    made.setAttribute("aria-label", label);
    made.textContent = text;
    return made;
  };

  class Lightbox {
    constructor(gallery) {
      this.title = gallery.dataset.lightbox;
      this.links = [...gallery.querySelectorAll("a")];
      this.place = 0;
      this.build();
      this.links.forEach((link, place) => {
        link.addEventListener("click", (event) => {
          // A new tab or window is what somebody asked for with a key or another button.
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
          event.preventDefault();
          this.open(place);
        });
      });
    }

    build() {
      this.dialog = document.createElement("dialog");
      this.dialog.className = "lightbox";
      this.dialog.setAttribute("aria-label", `Photos: ${this.title}`);
      this.photo = document.createElement("img");
      this.told = document.createElement("p");
      this.told.setAttribute("aria-live", "polite");
      const close = button("close", "Close the photos", "×");
      const back = button("back", "Previous photo", "‹");
      const on = button("on", "Next photo", "›");
      close.addEventListener("click", () => this.dialog.close());
      back.addEventListener("click", () => this.step(-1));
      on.addEventListener("click", () => this.step(1));
      back.hidden = on.hidden = this.links.length < 2;
      this.dialog.append(close, back, this.photo, on, this.told);
      this.listen();
      document.body.append(this.dialog);
    }

    listen() {
      const places = { ArrowLeft: -1, ArrowUp: -1, PageUp: -1, ArrowRight: 1, ArrowDown: 1, PageDown: 1 };
      this.dialog.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key in places) this.step(places[event.key]);
        else if (event.key === "Home") this.show(0);
        else if (event.key === "End") this.show(this.links.length - 1);
        else return;
        event.preventDefault();
      });
      this.dialog.addEventListener("click", (event) => {
        if (event.target === this.dialog) this.dialog.close();
      });
      this.dialog.addEventListener("close", () => {
        document.documentElement.classList.remove("has-lightbox");
        this.opener.focus();
      });
      this.hearFingers();
    }

    hearFingers() {
      let from = null;
      this.dialog.addEventListener("touchstart", (event) => {
        from = event.touches.length === 1 ? event.touches[0] : null; // two fingers enlarge
      }, { passive: true });
      this.dialog.addEventListener("touchend", (event) => {
        const to = event.changedTouches[0];
        const across = from ? to.clientX - from.clientX : 0;
        const down = from ? to.clientY - from.clientY : 0;
        from = null;
        if (Math.abs(across) < SWIPE || Math.abs(across) < Math.abs(down)) return;
        this.step(across < 0 ? 1 : -1);
      }, { passive: true });
    }

    open(place) {
      this.opener = this.links[place];
      this.show(place);
      document.documentElement.classList.add("has-lightbox");
      this.dialog.showModal();
    }

    step(by) {
      const count = this.links.length;
      this.show((this.place + by + count) % count);
    }

    show(place) {
      this.place = place;
      const small = this.links[place].querySelector("img");
      const text = `Photo ${place + 1} of ${this.links.length}`;
      this.photo.sizes = "100vw";
      this.photo.srcset = small.srcset;
      this.photo.src = this.links[place].href;
      this.photo.alt = `${text}: ${this.title}`;
      this.told.textContent = text;
    }
  }

  for (const gallery of document.querySelectorAll("[data-lightbox]")) {
    if (gallery.querySelector("a")) new Lightbox(gallery);
  }
})();
