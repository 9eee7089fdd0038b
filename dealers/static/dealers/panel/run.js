"use strict";
// A long run goes on, batch after batch, as long as its page is open; a worker does the rest.

const PAUSE = 3000; // milliseconds

async function goOn(run) {
  let waiting = Number(run.dataset.waiting);
  while (waiting > 0) {
    const answer = await panel.ask(run.dataset.stepUrl, {});
    if (answer.isLost) {
      run.querySelector("[data-run-said]").textContent = `${answer.said.message} Asking again…`;
      await new Promise((resolve) => window.setTimeout(resolve, PAUSE));
      continue;
    }
    run.querySelector("[data-run-said]").textContent = answer.ok ? "" : answer.said.message;
    if (!answer.ok) return;
    if (answer.said.waiting === waiting) break;
    waiting = answer.said.waiting;
    for (const [name, count] of Object.entries(answer.said)) {
      run.querySelector(`[data-count=${name}]`).textContent = count.toLocaleString("en-GB");
    }
    run.querySelector("progress").value = Number(run.dataset.total) - waiting;
  }
  window.location.reload();
}

for (const run of document.querySelectorAll(".panel-run[data-going]")) goOn(run);
