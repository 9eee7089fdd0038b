"use strict";
// An advert's form: fields filled from what is typed, and the card as buyers see it.

function field(name) {
  return document.querySelector(`#listing_form [name=${name}]`);
}

function chosenText(name) {
  const input = field(name);
  if (!input) return "";
  if (input.tagName !== "SELECT") return input.value;
  const option = input.selectedOptions[0];
  return option && option.value ? option.textContent.trim() : "";
}

const FILLED_FROM = ["derivative", "vrm"];

function setChoice(select, value, name) {
  let option = [...select.options].find((each) => each.value === String(value));
  if (!option && name) {
    option = new Option(name, value);
    select.add(option);
  }
  if (!option) return false;
  select.value = String(value);
  if (window.django && window.django.jQuery) window.django.jQuery(select).trigger("change");
  select.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function setField(name, value, label) {
  const input = field(name);
  if (!input || input.value === String(value)) return;
  if (input.tagName === "SELECT") {
    if (!setChoice(input, value, label)) return;
  } else {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const shown = input.nextElementSibling?.classList.contains("select2")
    ? input.nextElementSibling
    : input;
  shown.classList.add("panel-filled");
}

function typedFields() {
  const fields = {};
  for (const input of document.querySelectorAll("#listing_form [name]")) {
    const isText = !["file", "submit"].includes(input.type);
    if (isText && input.value) fields[input.name] = input.value;
  }
  delete fields.csrfmiddlewaretoken;
  delete fields.description;
  return fields;
}

async function fillFrom(reader, wholeTitle) {
  const more = { listing: reader.dataset.listing || "", whole_title: wholeTitle };
  await fill(reader, reader.dataset.fillUrl, { ...typedFields(), ...more });
}

async function fill(reader, url, fields) {
  const answer = await panel.ask(url, fields);
  const list = reader.querySelector(".panel-said");
  const texts = answer.ok ? answer.said.said : [answer.said.message];
  if (answer.ok) {
    for (const [name, value] of Object.entries(answer.said.values)) {
      const isChanged = field(name) && field(name).value !== (fields[name] || "");
      if (!isChanged) setField(name, value, answer.said.names[name]);
    }
  }
  list.replaceChildren(
    ...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
  );
  list.hidden = texts.length === 0;
  showPreview();
}

// The button posts the form where there is no script; here it asks in place.
function startLookUp() {
  const reader = document.querySelector(".panel-mark-reader");
  const mark = field("vrm");
  if (!reader || !mark) return;
  const button = reader.querySelector("button");
  const lookUp = async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    await fill(reader, reader.dataset.url, typedFields());
    button.removeAttribute("aria-disabled");
  };
  button.addEventListener("click", lookUp);
  mark.addEventListener("keydown", (event) => {
    if (event.key === "Enter") lookUp(event);
  });
}

function startFilling() {
  const reader = document.querySelector(".panel-reader");
  const title = document.querySelector("#whole-title");
  if (!reader || !field("derivative")) {
    if (reader) reader.hidden = true;
    return;
  }
  title?.addEventListener("change", () => fillFrom(reader, title.value));
  title?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    title.blur();
  });
  for (const name of FILLED_FROM) {
    field(name).addEventListener("change", () => fillFrom(reader, ""));
  }
}

function pounds(text) {
  const digits = text.replace(/[£,\s]/g, "");
  return digits ? `£${Number(digits).toLocaleString("en-GB")}` : "Price on application";
}

function showPreview() {
  const card = document.querySelector("[data-preview]");
  if (!card || !field("year")) return;
  const part = (name) => card.querySelector(`[data-part=${name}]`);
  const title = ["make", "model", "derivative"].map(chosenText).filter(Boolean).join(" ");
  const miles = chosenText("mileage");
  const doors = chosenText("doors");
  const facts = [
    chosenText("year"),
    miles && `${Number(miles).toLocaleString("en-GB")} miles`,
    chosenText("fuel"),
    chosenText("transmission"),
    doors && `${doors} doors`,
  ];
  part("title").textContent = title || "Your car";
  part("facts").textContent = facts.filter(Boolean).join(" · ");
  part("price").textContent = pounds(chosenText("price"));
}

// A choice that is found by typing has no name of its own until something is chosen.
// Behind those who wait for jQuery too: they are called in turn, and select2 is made by one.
django.jQuery(() => {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const name = label ? label.textContent.replace("*", "").trim() : select.name;
    const shown = select.nextElementSibling?.querySelectorAll("[role=combobox], [role=textbox]");
    for (const part of shown || []) part.setAttribute("aria-label", name);
  }
});

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("#listing_form");
  if (!form) return;
  startFilling();
  startLookUp();
  showPreview();
  form.addEventListener("input", showPreview);
  form.addEventListener("change", showPreview);
  if (window.django && window.django.jQuery) {
    window.django.jQuery(form).on("change", "select", showPreview);
  }
});
