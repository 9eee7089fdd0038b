"use strict";
// Names and roles that widgets of others leave out, for who hears a page or has no mouse.

function hideIcons(part) {
  // An icon is the name of a glyph in a font: read aloud, it says "arrow_back".
  for (const icon of part.querySelectorAll("span.material-symbols-outlined:not([title])")) {
    icon.setAttribute("aria-hidden", "true");
  }
}

function nameComboboxes(part) {
  for (const box of part.querySelectorAll(".select2-selection[role=combobox]")) {
    const select = box.closest(".select2-container").previousElementSibling;
    const name = select?.labels?.[0]?.innerText ?? select?.ariaLabel;
    if (!name) continue;
    for (const each of [box, ...box.querySelectorAll("input")]) {
      each.removeAttribute("aria-labelledby");
      each.ariaLabel = name;
    }
    // Its text is what the box holds, and no box of its own.
    const text = box.querySelector(".select2-selection__rendered");
    for (const each of ["role", "aria-readonly"]) text?.removeAttribute(each);
  }
  for (const field of part.querySelectorAll(".select2-search--dropdown input")) field.ariaLabel = "Search";
}

function mend(part) {
  hideIcons(part);
  nameComboboxes(part);
  for (const hint of part.querySelectorAll(".help-tooltip[aria-label]")) hint.setAttribute("role", "img");
}

document.addEventListener("DOMContentLoaded", () => {
  mend(document);
  new MutationObserver((changes) => {
    const parents = new Set(changes.map((change) => change.target));
    for (const parent of parents) mend(parent);
  }).observe(document.body, { childList: true, subtree: true });
});
window.addEventListener("load", () => document.querySelector("[data-errors]")?.focus());
window.addEventListener("load", () => {
  // What stood in a live region from the start is not read aloud; what is put there is.
  for (const region of document.querySelectorAll("[data-announced]")) region.append(...region.childNodes);
});
