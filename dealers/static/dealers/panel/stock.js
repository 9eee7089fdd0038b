"use strict";
// A price is written where it stands in the table: Enter or leaving the field saves it.

async function savePrice(input) {
  const said = input.parentElement.querySelector(".panel-price-said");
  const digits = input.value.replace(/[£,\s]/g, "");
  if (digits === input.dataset.seen || input.disabled) return;
  input.disabled = true;
  const answer = await panel.ask(input.dataset.url, { price: digits, seen: input.dataset.seen });
  input.disabled = false;
  const price = answer.said.price;
  if (answer.ok || price) {
    input.dataset.seen = price === null ? "" : String(price);
    input.value = price === null ? "" : price.toLocaleString("en-GB");
  }
  input.parentElement.classList.toggle("is-saved", answer.ok);
  input.parentElement.classList.toggle("is-refused", !answer.ok);
  said.textContent = answer.ok ? "Saved" : answer.said.message;
}

document.addEventListener("change", (event) => {
  if (event.target.matches(".panel-price input")) savePrice(event.target);
});
document.addEventListener("keydown", (event) => {
  if (!event.target.matches(".panel-price input")) return;
  if (event.key === "Enter") {
    event.preventDefault();
    event.target.blur();
  } else if (event.key === "Escape") {
    const seen = event.target.dataset.seen;
    event.target.value = seen ? Number(seen).toLocaleString("en-GB") : "";
  }
});
