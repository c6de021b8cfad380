// The message box: it grows, hints at slash commands, and sends with Enter.

import { act, channel } from "./wire.js";
import { refresh, toNewest } from "./screen.js";

const box = document.getElementById("composer");
const hints = document.getElementById("hints");
const form = document.getElementById("composer-form");

/** Make the message box work, where there is one. */
export function setUpComposer() {
  if (!box) return;
  box.addEventListener("input", redraw);
  box.addEventListener("keydown", pressed);
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  hints.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const hint = event.target.closest("[data-command]");
    if (hint) complete(hint);
  });
  form.querySelector("#shortcuts").addEventListener("click", async (event) => {
    const chosen = event.target.closest("[data-shortcut]");
    if (!chosen) return;
    form.querySelector("#shortcuts").open = false;
    await act("shortcut", { callback_id: chosen.dataset.shortcut });
    refresh();
  });
  box.focus();
}

async function send() {
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  redraw();
  await act("say", { channel, text });
  await refresh();
  toNewest();
}

function pressed(event) {
  if (event.isComposing) return;
  const first = hints.hidden ? null : hints.querySelector("li:not([hidden])");
  const complete_now = first && !box.value.includes(" ") && box.value !== first.dataset.command;
  if (first && (event.key === "Tab" || (event.key === "Enter" && complete_now))) {
    event.preventDefault();
    complete(first);
  } else if (event.key === "Escape" && !hints.hidden) {
    showHints(false);
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send();
  }
}

function complete(hint) {
  box.value = `${hint.dataset.command} `;
  redraw();
  box.focus();
}

function redraw() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
  form.querySelector(".send").disabled = !box.value.trim();
  const word = box.value.split(" ")[0];
  const matching = [...hints.children].filter((hint) => {
    hint.hidden = !hint.dataset.command.startsWith(word);
    hint.setAttribute("aria-selected", String(!hint.hidden && word === box.value));
    return !hint.hidden;
  });
  showHints(box.value.startsWith("/") && matching.length > 0);
}

function showHints(visible) {
  hints.hidden = !visible;
  box.setAttribute("aria-expanded", String(visible));
}
