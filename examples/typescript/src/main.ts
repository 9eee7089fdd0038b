/** A small front end: what it shows stands in the page's address, and everything else in the API. */
import { type Advert, type Card, type Page, marketplace, pounds, told } from "./client";
import { element, link, picture } from "./elements";

const FACETS = { make: "Make", fuel: "Fuel", body_type: "Body", transmission: "Gearbox" };
type Facet = keyof typeof FACETS;

const api = marketplace(import.meta.env.MARKETPLACE_URL);
const main = document.querySelector("main")!;
const form = document.querySelector("form")!;
const box = form.querySelector("input")!;
let newest = 0;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  go(new URLSearchParams(box.value ? { q: box.value } : {}));
});
document.addEventListener("click", (event) => {
  const found = (event.target as Element).closest<HTMLAnchorElement>('a[href^="?"]');
  if (!found || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(new URL(found.href).searchParams);
});
window.addEventListener("popstate", () => void show());
void show();

function go(asked: URLSearchParams): void {
  history.pushState(null, "", `?${asked}`);
  void show();
}

/** Show what the address asks for, unless it has changed before the answer is there. */
async function show(): Promise<void> {
  const asked = new URLSearchParams(location.search);
  const mine = ++newest;
  box.value = asked.get("q") ?? "";
  main.setAttribute("aria-busy", "true");
  let parts: Node[];
  try {
    const id = asked.get("id");
    parts = id ? advert(await readAdvert(Number(id))) : results(await readPage(asked), asked);
  } catch (error) {
    parts = [element("p", { role: "alert" }, error instanceof Error ? error.message : "Failed.")];
  }
  if (mine !== newest) return;
  main.replaceChildren(...parts);
  main.removeAttribute("aria-busy");
  const heading = main.querySelector("h1");
  document.title = `${heading?.textContent ?? "Not found"} | Used cars`;
  if (mine > 1) heading?.focus();
}

async function readPage(asked: URLSearchParams): Promise<Page> {
  const chosen = Object.fromEntries(
    Object.keys(FACETS).map((name) => [name, asked.getAll(name)]),
  ) as Record<Facet, never[]>;
  const query = {
    ...chosen,
    q: asked.get("q") ?? undefined,
    drop: asked.getAll("drop") as never[],
    cursor: asked.get("cursor") ?? undefined,
    page_size: 12,
    count: "exact" as const,
    facets: Object.keys(FACETS) as Facet[],
  };
  return told(await api.GET("/api/v1/listings/", { params: { query } }));
}

async function readAdvert(id: number): Promise<Advert> {
  return told(await api.GET("/api/v1/listings/{id}/", { params: { path: { id } } }));
}

function results(page: Page, asked: URLSearchParams): Node[] {
  const count = page.count ?? 0;
  const heading = `${count.toLocaleString("en-GB")} ${count === 1 ? "car" : "cars"}`;
  return [
    element("nav", { "aria-label": "Filters" }, ...facets(page, asked)),
    element(
      "section",
      {},
      element("h1", { tabindex: "-1" }, heading),
      ...understood(page),
      element("ul", { class: "cards" }, ...page.results.map(card)),
      ...pages(page, asked),
    ),
  ];
}

/** What became of the buyer's words; each phrase can be taken away again. */
function understood(page: Page): Node[] {
  const phrases = (page.understood ?? []).filter((each) => each.label && !each.overridden);
  if (!phrases.length) return [];
  const chips = phrases.map((each) =>
    element(
      "li",
      {},
      each.without === null
        ? each.label
        : link(new URLSearchParams(each.without), `${each.label} ×`, `Without ${each.label}`),
    ),
  );
  return [element("ul", { class: "chips", "aria-label": "Understood" }, ...chips)];
}

/** On a narrow page the cars come first: filters are closed there until somebody opens them. */
function facets(page: Page, asked: URLSearchParams): Node[] {
  const open: Record<string, string> = matchMedia("(min-width: 45rem)").matches ? { open: "" } : {};
  return (Object.keys(FACETS) as Facet[]).map((name) => {
    const values = (page.facets?.[name] ?? []).slice(0, 12).map(({ value, label, count }) => {
      const isChosen = asked.has(name, value);
      const to = new URLSearchParams(asked);
      to.delete("cursor");
      if (isChosen) to.delete(name, value);
      else to.append(name, value);
      const shown = link(to, `${label} (${count.toLocaleString("en-GB")})`);
      if (isChosen) shown.setAttribute("aria-current", "true");
      return element("li", {}, shown);
    });
    const heading = element("summary", {}, FACETS[name]);
    return element("details", open, heading, element("ul", {}, ...values));
  });
}

function pages(page: Page, asked: URLSearchParams): Node[] {
  const cursors = { Previous: page.previous_cursor, Next: page.next_cursor };
  const links = Object.entries(cursors).flatMap(([label, cursor]) => {
    if (cursor === null) return [];
    const to = new URLSearchParams(asked);
    to.set("cursor", cursor);
    return [link(to, label, `${label} page`)];
  });
  return links.length ? [element("nav", { class: "pages", "aria-label": "Pages" }, ...links)] : [];
}

function card(row: Card): Node {
  const facts = [`${row.mileage.toLocaleString("en-GB")} miles`, row.fuel, row.transmission, row.town];
  return element(
    "li",
    {},
    picture(row.photo),
    element("h2", {}, link(new URLSearchParams({ id: String(row.id) }), `${row.year} ${row.title}`)),
    element("p", { class: "price" }, pounds(row.price)),
    element("p", {}, facts.filter(Boolean).join(" · ")),
    element("p", { class: "dealer" }, row.dealer.name),
  );
}

function advert(row: Advert): Node[] {
  const facts: Record<string, string | number | null> = {
    Mileage: `${row.mileage.toLocaleString("en-GB")} miles`,
    Fuel: row.fuel,
    Gearbox: row.transmission,
    Doors: row.doors,
    Colour: row.colour,
    Dealer: row.dealer.name,
    Telephone: row.dealer.phone,
  };
  const list = Object.entries(facts).flatMap(([name, fact]) =>
    fact ? [element("dt", {}, name), element("dd", {}, String(fact))] : [],
  );
  return [
    element(
      "article",
      {},
      element("h1", { tabindex: "-1" }, `${row.year} ${row.title}`),
      element("p", { class: "price" }, pounds(row.price)),
      picture(row.photos[0] ?? null),
      element("dl", {}, ...list),
      element("p", {}, row.description),
    ),
  ];
}
