/** Elements of the page. Texts are set as texts: nothing of an answer is ever read as markup. */
import type { Card } from "./client";

export function element(
  name: string,
  attributes: Record<string, string>,
  ...children: (Node | string)[]
): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function link(to: URLSearchParams, text: string, label?: string): HTMLElement {
  return element("a", { href: `?${to}`, ...(label ? { "aria-label": label } : {}) }, text);
}

export function picture(photo: Card["photo"]): HTMLElement {
  if (!photo) return element("div", { class: "photo" });
  const srcset = photo.sizes.map((size) => `${size.url} ${size.width}w`).join(", ");
  const size = { width: String(photo.width), height: String(photo.height) };
  return element("img", { class: "photo", src: photo.url, srcset, sizes: "20rem", alt: "", ...size });
}
