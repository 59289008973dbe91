// Small comforts. Every page works without this file.
"use strict";

// A filter form sends itself when a choice changes; its button stays for everybody else.
for (const form of document.querySelectorAll("form[data-autosend]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// Choices that depend on a first one are narrowed as people type.
for (const field of document.querySelectorAll("input[data-narrows]")) {
  const rows = document.querySelectorAll(`#${field.dataset.narrows} tbody tr`);
  field.closest(".field").hidden = false;
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
}
