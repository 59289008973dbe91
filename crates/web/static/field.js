// Work in the field, over a weak line. Every page works without this file.
"use strict";

const words = document.currentScript.dataset;

// What is typed is kept on this device until the page it leads to has arrived. It goes when the tab is closed.
// A field may be called "action": the form is asked for its attribute.
const key = (form) => `draft:${form.getAttribute("action")}:${location.search}`;
const typed = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "form_token");

function keep(form) {
  try {
    sessionStorage.setItem(key(form), JSON.stringify(typed(form)));
  } catch {
    // No room on the device: the page itself still holds it.
  }
}

function restore(form) {
  const kept = sessionStorage.getItem(key(form));
  // What came back from the server with a word on what is wrong is newer.
  if (!kept || document.querySelector("[role=alert]")) return;
  const values = new Map(JSON.parse(kept));
  const own = new Set(["version", "fresh"]);
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.type === "file" || own.has(field.name)) continue;
    if (field.type === "checkbox") field.checked = values.has(field.name);
    else if (field.type === "radio") field.checked = values.get(field.name) === field.value;
    else if (values.has(field.name)) field.value = values.get(field.name);
  }
  say(form, words.kept);
}

function say(form, text) {
  let note = form.querySelector(".kept");
  if (!note) {
    note = document.createElement("p");
    note.className = "kept hint";
    note.setAttribute("role", "status");
    form.prepend(note);
  }
  note.textContent = text;
}

const forms = [...document.querySelectorAll("form[data-keep]")];
const here = new Set(forms.map(key));
// A page that is not the form again: what was sent has arrived.
const sent = sessionStorage.getItem("sent");
if (sent && !here.has(sent)) {
  sessionStorage.removeItem(sent);
  sessionStorage.removeItem("sent");
}

for (const form of forms) {
  restore(form);
  form.addEventListener("input", () => keep(form));
  form.addEventListener("submit", (event) => {
    keep(form);
    if (!navigator.onLine) {
      event.preventDefault();
      say(form, words.offline);
      return;
    }
    sessionStorage.setItem("sent", key(form));
  });
}

// A second press while the first is under way does nothing.
for (const form of document.querySelectorAll("form[method=post]")) {
  let waiting = false;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (waiting) return event.preventDefault();
    waiting = true;
    setTimeout(() => (waiting = false), 8000);
  });
  addEventListener("pageshow", () => (waiting = false));
}

// A photo is shrunk before it is sent: a tenth of the bytes, and nothing of place or owner leaves the phone.
const SIDE_MAX = 1600;
const kilobytes = (bytes) => `${Math.max(1, Math.round(bytes / 1024))} kB`;

for (const input of document.querySelectorAll("input[type=file][data-shrink]")) {
  input.addEventListener("change", () => shrink(input).catch(() => {}));
}

async function shrink(input) {
  const file = input.files[0];
  if (!file || !window.createImageBitmap) return;
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE_MAX / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
  if (!small || (small.size >= file.size && scale === 1)) return;
  const box = new DataTransfer();
  box.items.add(new File([small], "foto.jpg", { type: "image/jpeg" }));
  input.files = box.files;
  const note = input.closest(".field").querySelector("[data-size]");
  if (note) note.textContent = `${kilobytes(file.size)} → ${kilobytes(small.size)}`;
}
