// Keeps the progress of jobs fresh. Every page works without this file: reload it by hand.
"use strict";

const PAUSE_MILLISECONDS = 1500;

for (const box of document.querySelectorAll(".job[data-feed]")) {
  if (box.dataset.final === "false") setTimeout(() => ask(box), PAUSE_MILLISECONDS);
}

async function ask(box) {
  try {
    const answer = await fetch(box.dataset.feed, { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) {
      const job = await answer.json();
      // The page knows more than the bar: what to do next. So it is asked for anew at the end.
      if (job.is_final) return location.reload();
      show(box, job);
    }
  } catch {
    // The line is down for a moment; the next question will tell.
  }
  setTimeout(() => ask(box), PAUSE_MILLISECONDS);
}

function show(box, job) {
  const words = box.querySelector("[data-part=words]");
  if (words.textContent !== job.words) words.textContent = job.words;
  box.querySelector("[data-part=status]").textContent = job.status_label;
  const bar = box.querySelector("progress");
  if (job.total > 0) {
    bar.max = job.total;
    bar.value = job.done;
  } else {
    bar.removeAttribute("value");
  }
}
