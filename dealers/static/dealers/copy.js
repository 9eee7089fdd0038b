"use strict";
// Beside what is marked by data-copy="the key" stands a button "Copy the key". Where the clipboard
// is closed to the page, the text is selected for the person to copy it.

const textOf = (source) =>
  source instanceof HTMLInputElement ? source.value : source.innerText.trim();

function select(source) {
  if (source instanceof HTMLInputElement) {
    source.focus();
    source.select();
  } else {
    window.getSelection().selectAllChildren(source);
  }
}

async function copy(source) {
  try {
    await navigator.clipboard.writeText(textOf(source));
    return true;
  } catch {
    select(source);
    return document.execCommand("copy");
  }
}

function addButton(source) {
  const row = document.createElement("span");
  const button = document.createElement("button");
  const said = document.createElement("span");
  row.className = "copy-row";
  button.type = "button";
  button.className = "copy-button";
  button.textContent = `Copy ${source.dataset.copy}`;
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    said.textContent = "";
    said.textContent = (await copy(source)) ? "Copied" : "Selected: press Ctrl or ⌘ and C";
  });
  row.append(button, said);
  source.after(row);
}

document.addEventListener("DOMContentLoaded", () => {
  for (const source of document.querySelectorAll("[data-copy]")) addButton(source);
});
