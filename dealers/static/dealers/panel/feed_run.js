"use strict";
// The page of a run that is being read or applied waits for its end, then shows what came of it.

const PAUSE = 1500; // milliseconds

async function follow(card) {
  let answer;
  try {
    answer = await fetch(card.dataset.runState, { headers: { Accept: "application/json" } });
  } catch {
    window.setTimeout(follow, PAUSE, card); // the line is down: ask again
    return;
  }
  if (!answer.ok) return;
  const { said, rows, is_waiting: isWaiting } = await answer.json();
  if (!isWaiting) {
    window.location.reload();
    return;
  }
  const read = rows ? `, ${rows.toLocaleString("en-GB")} rows` : "";
  const shows = card.dataset.runShows ?? "The page shows the report when it is ready.";
  const text = `${said}${read}. ${shows}`;
  if (card.textContent !== text) card.textContent = text;
  window.setTimeout(follow, PAUSE, card);
}

for (const card of document.querySelectorAll("[data-run-state]")) follow(card);
