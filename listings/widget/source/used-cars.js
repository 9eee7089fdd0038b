/* <used-cars>: used cars for sale, on any page. No framework, no cookie, nothing of a third party.
   Everything shown is text and checked addresses: nothing from the server or the page is markup. */
(() => {
  "use strict";
  if (!window.customElements || customElements.get("used-cars")) return;

  const SERVER = __SERVER__;
  const PATH = "/widget/v1.js";
  const own = document.currentScript || document.querySelector(`script[src*="${PATH}"]`);
  const base = own ? own.src.slice(0, own.src.lastIndexOf(PATH)) : location.origin;
  const API = `${base}/api/v1/`;
  const PATIENCE = 8000, STALE = 60000, MARGIN = 800; // milliseconds, milliseconds, pixels
  const TYPED_FOR = 2000; // milliseconds: whoever is faster is a program
  const OWN = "auto enquiries heading level limit loading photos placement rating reserve theme target";
  const GLOBAL =
    "accesskey autocapitalize autofocus class contenteditable dir draggable enterkeyhint exportparts " +
    "hidden id inert inputmode is itemid itemprop itemref itemscope itemtype lang nonce part popover " +
    "role slot spellcheck style tabindex title translate writingsuggestions";
  const NOT_ASKED = new Set(`${OWN} ${GLOBAL}`.split(" "));
  const FOREIGN = /^(data|aria|v|x|ng|hx)-|^on|^_|[^a-z_-]/;

  let sheet = null;
  try {
    sheet = new CSSStyleSheet(); // works under a strict content security policy
    sheet.replaceSync(SERVER.css);
  } catch {
    sheet = null;
  }



  const asked = new Map();

  /** Fetch JSON once for all blocks that ask the same; null where there is nothing or nobody. */
  const ask = (url, body) => {
    const key = `${url}\n${body || ""}`;
    const kept = asked.get(key);
    if (kept && Date.now() - kept.at < STALE) return kept.answer;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    const options = { credentials: "omit", referrerPolicy: "no-referrer", signal: stop.signal };
    if (body) Object.assign(options, { method: "POST", body });
    const answer = fetch(url, options)
      .then((got) => (got.status === 200 || got.status === 400 ? got.json() : null))
      .catch(() => null)
      .finally(() => clearTimeout(timer));
    asked.set(key, { answer, at: Date.now() });
    return answer;
  };

  /** The one form of a question: names in order, values in order, nothing that is the default. */
  const question = (values) => {
    const pairs = Object.keys(values).sort().map((name) => {
      const list = String(values[name]).split(",").map((part) => part.trim()).filter(Boolean);
      if (name !== "near" && name !== "ordering") list.sort();
      return [name, [...new Set(list)].join(",")];
    });
    return pairs
      .filter(([, value]) => value)
      .map((pair) => pair.map(encodeURIComponent).join("=").replace(/%2C/g, ","))
      .join("&");
  };



  const SKIPPED =
    "nav,footer,form,dialog,template,script,style,noscript,select,textarea,button,used-cars,[hidden]," +
    "[aria-hidden=true],[contenteditable],[id*=comment],[class*=comment]";
  const BLOCKS = "p,li,blockquote,dd,dt,td,th,figcaption,h1,h2,h3,h4";

  const plain = (text, most) => String(text || "").replace(/\s+/g, " ").trim().slice(0, most);

  const linkedWords = (node, found) => {
    if (Array.isArray(node)) node.forEach((each) => linkedWords(each, found));
    else if (node && typeof node === "object") {
      for (const name of ["keywords", "about", "mentions", "itemReviewed"]) {
        for (const each of [node[name]].flat()) {
          if (typeof each === "string") found.push(...each.split(","));
          else if (each && typeof each.name === "string") found.push(each.name);
        }
      }
      linkedWords(node["@graph"], found);
    }
  };

  const readTags = () => {
    const found = [];
    const meta = 'meta[name="keywords"],meta[name="news_keywords"],meta[property="article:tag"]';
    document.querySelectorAll(meta).forEach((each) => found.push(...each.content.split(",")));
    document.querySelectorAll('a[rel~="tag"]').forEach((each) => found.push(each.textContent));
    document.querySelectorAll('script[type="application/ld+json"]').forEach((each) => {
      try {
        linkedWords(JSON.parse(each.textContent), found);
      } catch {
        return; // another's mistake
      }
    });
    return [...new Set(found.map((each) => plain(each, 80)).filter(Boolean))].slice(0, 40);
  };

  const readText = (root) => {
    const parts = [];
    let room = 40000;
    for (const each of root.querySelectorAll(BLOCKS)) {
      if (room <= 0) break;
      if (each.closest(SKIPPED) || each.querySelector(BLOCKS)) continue;
      const text = plain(each.textContent, room);
      if (text) parts.push(text);
      room -= text.length + 2;
    }
    return parts.join("\n\n");
  };

  /** What the page says, and nothing of who reads it: no query string, no form, no comment. */
  const readPage = () => {
    const root = document.querySelector("article,[itemprop=articleBody]") ||
      document.querySelector("main,[role=main]") || document.body;
    const meta = document.querySelector('meta[property="og:title"]');
    const first = document.querySelector("h1");
    const link = document.querySelector('link[rel="canonical"]');
    const here = new URL((link && link.href) || location.href, location.href);
    const headings = [...root.querySelectorAll("h1,h2,h3")]
      .filter((each) => !each.closest(SKIPPED))
      .map((each) => plain(each.textContent, 200));
    return {
      title: plain((meta && meta.content) || (first && first.textContent) || document.title, 300),
      headings: headings.filter(Boolean).slice(0, 40),
      text: readText(root),
      tags: readTags(),
      url: here.origin + here.pathname,
    };
  };



  const counts = new Map();

  const placed = (block) => (block.getAttribute("placement") || "").replace(/[^A-Za-z0-9._-]/g, "-").slice(0, 64);

  const count = (block, what) => {
    const placement = placed(block);
    const sums = counts.get(placement) || { placement, views: 0, clicks: 0, alls: 0 };
    sums[what] = Math.min(100, sums[what] + 1);
    counts.set(placement, sums);
  };

  const tell = () => {
    if (!counts.size || !navigator.sendBeacon) return;
    const placements = [...counts.values()].slice(0, 20);
    counts.clear();
    navigator.sendBeacon(`${API}widget/events/`, JSON.stringify({ placements }));
  };



  const SVG = "http://www.w3.org/2000/svg";
  const CAR =
    "M5 11 6.5 6.5A2.2 2.2 0 0 1 8.6 5h6.8a2.2 2.2 0 0 1 2.1 1.5L19 11a2 2 0 0 1 2 2v5h-3v-2H6v2H3v-5" +
    "a2 2 0 0 1 2-2Zm2.1 0h9.8l-1.2-3.6a.6.6 0 0 0-.6-.4H8.9a.6.6 0 0 0-.6.4L7.1 11Z";

  const make = (tag, name, text) => {
    const node = document.createElement(tag);
    if (name) {
      node.className = `uc-${name}`;
      node.setAttribute("part", name);
    }
    if (text) node.textContent = text;
    return node;
  };

  const address = (text) => {
    const url = new URL(text, base);
    if (!/^https?:$/.test(url.protocol)) throw new TypeError("Not a web address.");
    return url.href;
  };

  const noPhoto = () => {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", "uc-none");
    svg.setAttribute("aria-hidden", "true");
    svg.append(document.createElementNS(SVG, "path"));
    svg.firstChild.setAttribute("d", CAR);
    return svg;
  };

  const picture = (advert, wanted) => {
    const frame = make("div", "photo");
    frame.append(noPhoto());
    if (advert && advert.photo && wanted) {
      const image = make("img");
      Object.assign(image, { alt: "", loading: "lazy", decoding: "async" });
      image.width = advert.photo.width;
      image.height = advert.photo.height;
      image.sizes = "(max-width: 34em) 8em, 24em";
      image.srcset = (advert.photo.sizes || [])
        .map((each) => `${address(each.webp_url)} ${each.width}w`)
        .join(", ");
      image.onerror = () => image.remove();
      image.src = address(advert.photo.url);
      frame.append(image);
    }
    const badge = advert && (advert.reserved ? "Reserved" : advert.widened);
    if (badge) frame.append(make("span", "badge", badge));
    return frame;
  };

  const words = (advert, level, isRated) => {
    const text = make("div", "text");
    const title = make(advert ? `h${level}` : "div", "title", advert && advert.title);
    const price = make("p", "price", advert && advert.price_text);
    if (advert && advert.was_text) price.append(" ", make("span", "was", `was ${advert.was_text}`));
    const rating = make("p", "rating");
    if (advert && advert.rating) rating.append(make("strong", "", advert.rating.label), ` ${advert.rating.text}`);
    const facts = make(advert ? "ul" : "div", "facts");
    if (advert) {
      facts.setAttribute("role", "list");
      facts.append(...advert.facts.map((each) => make("li", "", each)));
    }
    text.append(title, price, ...(isRated ? [rating] : []), facts, make("p", "place", advert && advert.town));
    return text;
  };

  const FIELDS = {
    name: ["Name", "text", 120],
    email: ["E-mail, or a telephone number, or both", "email", 254],
    phone: ["Telephone", "tel", 30],
    message: ["What would you like to know?", "", 4000],
  };

  const field = (name) => {
    const [label, type, longest] = FIELDS[name];
    const line = make("label", "field", label);
    const input = make(type ? "input" : "textarea");
    Object.assign(input, { name, maxLength: longest, autocomplete: type ? name.replace("phone", "tel") : "off" });
    if (type) input.type = type;
    line.append(input, make("span", "fault"));
    return line;
  };

  /** Where the form is: the page without its query, and names that tell no reader from another. */
  const source = (block) => {
    const here = location.origin + location.pathname;
    const campaign = new URLSearchParams(location.search).get("utm_campaign") || "";
    return {
      page: /^https?:\/\/[^\s?#@]{1,180}$/.test(here) ? here : "",
      placement: placed(block),
      campaign: campaign.replace(/[^A-Za-z0-9._-]/g, "-").slice(0, 64),
    };
  };

  const send = async (advert, body) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const got = await fetch(`${API}listings/${advert.id}/enquiries/`, {
        method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" },
        credentials: "omit", referrerPolicy: "no-referrer", signal: stop.signal,
      });
      if (got.status === 201) return null;
      const { fields, detail } = await got.json();
      return { fields: fields || {}, detail };
    } catch {
      return { fields: {}, detail: "Nothing was sent: the marketplace does not answer. Please try again." };
    } finally {
      clearTimeout(timer);
    }
  };

  /** The form by which a reader asks the dealer; it opens over the page, so that nothing moves. */
  const askDealer = async (advert, block) => {
    const agreed = await ask(`${API}consents/enquiry/`);
    if (!agreed || !agreed.words) return void location.assign(address(advert.url));
    const opened = Date.now();
    const dialog = make("dialog", "dialog"), form = make("form", "form"), said = make("p", "said");
    dialog.setAttribute("aria-label", `Ask about ${advert.title}`);
    said.setAttribute("role", "alert");
    const trap = make("label", "trap", "Leave this empty");
    const website = Object.assign(make("input"), { name: "website", tabIndex: -1, autocomplete: "off" });
    trap.setAttribute("aria-hidden", "true");
    trap.append(website);
    const consent = make("label", "box");
    const yes = Object.assign(make("input"), { type: "checkbox", name: "consent", required: true });
    consent.append(yes, make("span", "", agreed.words));
    const button = make("button", "send", "Send to the dealer");
    const close = Object.assign(make("button", "close", "Close"), { type: "button" });
    close.onclick = () => dialog.close();
    dialog.onclose = () => dialog.remove();
    form.append(said, ...Object.keys(FIELDS).map(field), trap, consent, button);
    form.onsubmit = async (event) => {
      event.preventDefault();
      said.textContent = "";
      if (website.value || Date.now() - opened < TYPED_FOR) {
        said.textContent = "Please wait a moment, and send it again.";
        return;
      }
      button.disabled = true;
      const typed = Object.keys(FIELDS).map((name) => [name, form.elements[name].value]);
      const refused = await send(advert, {
        ...Object.fromEntries(typed), consent: agreed.words, source: source(block),
      });
      button.disabled = false;
      if (!refused) {
        block.say("-enquiry", { id: advert.id });
        const done = make("p", "done", `Your enquiry is on its way. ${advert.dealer} answers you directly.`);
        done.setAttribute("role", "status");
        form.replaceWith(done);
        return;
      }
      for (const name of Object.keys(FIELDS)) {
        const wrong = (refused.fields[name] || []).join(" ");
        form.elements[name].setAttribute("aria-invalid", String(Boolean(wrong)));
        form.elements[name].nextSibling.textContent = wrong;
        delete refused.fields[name];
      }
      said.textContent = [refused.detail, ...Object.values(refused.fields).flat()].join(" ");
    };
    dialog.append(make("p", "about", `Ask ${advert.dealer} about ${advert.title}`), form, close);
    block.root.append(dialog);
    dialog.showModal();
  };

  const card = (advert, block, place) => {
    const item = make("li", "card");
    const text = words(advert, block.level + 1, block.isRated);
    item.append(picture(advert, block.getAttribute("photos") !== "none"), text);
    if (!advert) {
      item.classList.add("uc-ghost");
      item.setAttribute("aria-hidden", "true");
      text.append(make("span", "link"));
      if (block.hasAttribute("enquiries")) text.append(make("span", "ask"));
      return item;
    }
    const link = make("a", "link", SERVER.details);
    link.setAttribute("aria-label", `${SERVER.details}: ${advert.title}`);
    const url = new URL(address(advert.url));
    // Our own page passes the name on with an enquiry.
    if (placed(block) && url.origin === new URL(base).origin) url.searchParams.set("placement", placed(block));
    link.href = url.href;
    block.leads(link, "clicks", { id: advert.id, position: place + 1 });
    text.append(link);
    if (block.hasAttribute("enquiries")) {
      const button = make("button", "ask", "Ask the dealer");
      button.setAttribute("aria-label", `Ask the dealer: ${advert.title}`);
      button.onclick = () => askDealer(advert, block);
      text.append(button);
    }
    return item;
  };

  /** Whether the browser keeps in place what is read while something above it changes. */
  const anchors = () => window.CSS && CSS.supports("overflow-anchor", "auto");

  const times = (number, build) => Array.from({ length: number }, build);

  class UsedCars extends HTMLElement {
    constructor() {
      super();
      this.attachShadow({ mode: "open" });
      if (sheet) this.shadowRoot.adoptedStyleSheets = [sheet];
      else this.shadowRoot.append(Object.assign(document.createElement("style"), { textContent: SERVER.css }));
    }

    connectedCallback() {
      this.watchers = [];
      this.start();
      this.changes = new MutationObserver((seen) => {
        if (seen.some((each) => !each.attributeName.startsWith("data-"))) this.start();
      });
      this.changes.observe(this, { attributes: true });
      document.addEventListener("visibilitychange", this);
    }

    disconnectedCallback() {
      this.turn = null;
      this.shownAt = 0;
      this.changes.disconnect();
      this.unwatch();
      document.removeEventListener("visibilitychange", this);
    }

    get level() {
      return Math.min(5, Math.max(1, parseInt(this.getAttribute("level"), 10) || 2));
    }

    get limit() {
      const given = parseInt(this.getAttribute("limit"), 10) || SERVER.limit;
      return Math.min(SERVER.limitMax, Math.max(1, given));
    }

    /** A page that was left for a while shows no car that has been sold meanwhile. */
    handleEvent() {
      const isOld = this.room && this.shownAt && Date.now() - this.shownAt > STALE;
      if (document.visibilityState === "visible" && isOld && !this.shadowRoot.activeElement) {
        this.load(this.turn);
      }
    }

    get isRated() {
      return this.getAttribute("rating") !== "none";
    }

    /**
     * Take the room of a full block at once, and ask when the reader comes near it. Whether a page
     * that is read has a block is not known: it takes no room until then, and asks earlier.
     */
    start() {
      const turn = (this.turn = {});
      this.unwatch();
      const isRead = this.hasAttribute("auto") && !this.hasAttribute("reserve");
      this.room = isRead ? this.room || 0 : this.limit;
      this.draw(times(this.room, () => card(null, this)), null);
      this.state(this.room ? "loading" : "waiting");
      if (this.getAttribute("loading") === "eager") this.load(turn);
      else this.watch(`${isRead ? 2 * MARGIN : MARGIN}px`, (isNear) => isNear && this.load(turn));
    }

    async load(turn) {
      let answer = null;
      try {
        const criteria = await this.criteria();
        if (criteria) answer = await ask(`${API}widget/?${question(criteria)}`.replace(/\?$/, ""));
        if (this.turn === turn) this.show(answer);
      } catch {
        if (this.turn === turn) this.show(null);
      }
    }

    /** What the attributes ask for, on top of what the page is about; null where that is unclear. */
    async criteria() {
      const given = {};
      for (const { name, value } of this.attributes) {
        if (!NOT_ASKED.has(name) && !FOREIGN.test(name)) given[name.replace(/-/g, "_")] = value;
      }
      const limit = this.getAttribute("limit");
      if (limit && limit !== String(SERVER.limit)) given.limit = limit;
      if (given.ordering === "price") delete given.ordering;
      if (!this.hasAttribute("auto")) return given;
      const match = await ask(`${API}editorial/match/`, JSON.stringify(readPage()));
      const about = match && match.criteria;
      return about && Object.keys(about).length ? { ...about, ...given } : null;
    }

    show(answer) {
      this.unwatch();
      if (answer && answer.code) this.dataset.problem = answer.detail; // for the page's author
      const found = ((answer && answer.adverts) || []).slice(0, this.room || this.limit);
      if (this.room || !found.length) return void this.fill(answer, found);
      this.watch("0px", () => {
        if (this.moves) return;
        this.unwatch();
        this.room = found.length;
        this.fill(answer, found);
      });
    }

    /** Whether the reader would see things move if the block took its room here. */
    get moves() {
      const box = this.getBoundingClientRect();
      if (box.top >= innerHeight) return false;
      if (box.bottom < 0) return !anchors();
      const rest = document.createRange();
      rest.setStartAfter(this);
      rest.setEndAfter(document.body);
      return [...rest.getClientRects()].some((each) => each.height && each.top < innerHeight);
    }

    fill(answer, adverts) {
      this.shownAt = Date.now();
      const spare = times(this.room - adverts.length, () => card(null, this));
      spare.forEach((each) => each.classList.add("uc-spare"));
      this.draw([...adverts.map((each, place) => card(each, this, place)), ...spare], adverts.length ? answer : null);
      this.state(adverts.length ? "shown" : this.room || this.offsetHeight ? "hidden" : "none");
      this.watch("0px", (isSeen, box) => isSeen || this.settle(box));
      const ids = adverts.map((each) => each.id);
      if (adverts.length && !this.counted) {
        this.watch("-100px 0px", (isSeen) => {
          if (!isSeen || this.counted) return;
          this.counted = true;
          count(this, "views");
          this.say("-view", { ids });
        });
      }
      this.say("", { adverts: adverts.length, ids, widened: (answer && answer.widened) || [] });
    }

    /** Give back room that is not needed, while nobody looks: nothing may move before a reader. */
    settle(box) {
      if (box.bottom <= 0 && !anchors()) return;
      this.shadowRoot.querySelectorAll(".uc-spare").forEach((each) => each.remove());
      this.room = this.shadowRoot.querySelectorAll(".uc-card").length;
      this.state(this.room ? "settled" : "none");
    }

    state(name) {
      this.dataset.state = name;
      this.root.dataset.state = name;
    }

    draw(cards, answer) {
      const root = (this.root = make("section"));
      root.className = "used-cars";
      root.setAttribute("part", "block");
      for (const name of ["theme", "photos"]) {
        if (this.hasAttribute(name)) root.dataset[name] = this.getAttribute(name);
      }
      const heading = make(`h${this.level}`, "heading", this.getAttribute("heading") || (answer && answer.heading) || "");
      const list = make("ul", "list");
      list.setAttribute("role", "list");
      list.append(...cards);
      const more = make("p", "more");
      if (answer) {
        heading.id = "heading";
        root.setAttribute("aria-labelledby", "heading");
        const all = make("a", "all", SERVER.all);
        all.href = address(answer.all_url);
        this.leads(all, "alls", { id: null, position: null });
        more.append(all);
      } else {
        root.setAttribute("aria-hidden", "true");
      }
      root.append(heading, make("p", "note", answer && answer.note), list, more);
      const before = this.shadowRoot.querySelector(".used-cars");
      if (before) before.replaceWith(root);
      else this.shadowRoot.append(root);
    }

    /** Tell the page's own scripts what happened: ids of adverts, and nothing of who reads. */
    say(what, detail) {
      const told = { placement: placed(this), ...detail };
      this.dispatchEvent(new CustomEvent(`used-cars${what}`, { bubbles: true, composed: true, detail: told }));
    }

    leads(link, what, which) {
      const target = this.getAttribute("target");
      if (target) Object.assign(link, { target, rel: "noopener" });
      for (const kind of ["click", "auxclick"]) {
        link.addEventListener(kind, (event) => {
          if (event.button > 1) return;
          count(this, what);
          this.say("-click", which);
        });
      }
    }

    watch(rootMargin, told) {
      if (!window.IntersectionObserver) return void told(true, this.getBoundingClientRect());
      const watcher = new IntersectionObserver(
        ([seen]) => told(seen.isIntersecting, seen.boundingClientRect),
        { rootMargin },
      );
      watcher.observe(this);
      this.watchers.push(watcher);
    }

    unwatch() {
      this.watchers.forEach((each) => each.disconnect());
      this.watchers = [];
    }
  }

  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && tell());
  window.addEventListener("pagehide", tell);
  customElements.define("used-cars", UsedCars);
})();
