// Keeps the screen up to date without disturbing the person who is using it.

import { me, place } from "./wire.js";

const shown = {};
let running = false;
let again = false;

// A redraw between the press and the release of a button would put another in its place, and the click would be lost.
let released = Promise.resolve();
document.addEventListener("pointerdown", () => {
  released = new Promise((done) => {
    for (const end of ["pointerup", "pointercancel"]) {
      document.addEventListener(end, () => setTimeout(done, 0), { once: true, capture: true });
    }
  });
}, true);

/** Fetch the parts of the page and put in what changed. */
export async function refresh() {
  if (running) { again = true; return; }
  running = true;
  try {
    do {
      again = false;
      const looking = document.visibilityState === "visible" ? 1 : 0;
      const response = await fetch(`/client/${me}/${place}/parts?looking=${looking}`);
      if (!response.ok) return;
      const parts = await response.json();
      await released;
      for (const [id, html] of Object.entries(parts)) {
        if (shown[id] !== html) put(id, html);
        shown[id] = html;
      }
    } while (again);
  } catch {
    // The server is away; the stream of events connects anew by itself and asks again.
  } finally {
    running = false;
  }
}

/** Listen for changes for as long as the page is open. */
export function listen() {
  const stream = new EventSource(`/client/${me}/events`);
  stream.addEventListener("message", refresh);
  document.addEventListener("visibilitychange", refresh);
}

/** Scroll the conversation to its newest message. */
export function toNewest() {
  const middle = document.getElementById("middle");
  if (place !== "home") middle.scrollTop = middle.scrollHeight;
}

/** Open the modal that stands in the page, if one does. */
export function openModal() {
  const dialog = document.querySelector("dialog.modal");
  if (dialog && !dialog.open) dialog.showModal();
}

function put(id, html) {
  const part = document.getElementById(id);
  const kept = remember(part);
  const known = new Set([...part.querySelectorAll(".message")].map((message) => message.id));
  part.innerHTML = html;
  if (id === "modal") openModal();
  if (id === "middle" && known.size) {
    for (const message of part.querySelectorAll(".message")) message.classList.toggle("fresh", !known.has(message.id));
  }
  restore(part, kept);
}

/** Note what a redraw would lose: focus, half-typed text, how far one has scrolled. */
function remember(part) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const typed = [...part.querySelectorAll("input[type=text], input[type=url], input[type=email], textarea")]
    .filter((field) => field.id && field.value !== field.defaultValue)
    .map((field) => [field.id, field.value, field.dataset.option]);
  const scroller = part.querySelector(".modal-body") ?? part;
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  return {
    view: part.querySelector("[data-view]")?.dataset.view,
    focus: focused?.id,
    selection: focused?.selectionStart != null ? [focused.selectionStart, focused.selectionEnd] : null,
    typed,
    top: scroller.scrollTop,
    atEnd: atEnd && scroller === part,
  };
}

function restore(part, kept) {
  const sameView = part.querySelector("[data-view]")?.dataset.view === kept.view;
  const form = part.querySelector(".modal-body");
  const scroller = form ?? part;
  const conversation = !form && place !== "home"; // it stays at its end; a form and the home begin at their top
  scroller.scrollTop = kept.atEnd && conversation ? scroller.scrollHeight : sameView ? kept.top : 0;
  if (!sameView) return;
  for (const [id, value, option] of kept.typed) {
    const field = document.getElementById(id);
    if (!field) continue;
    field.value = value;
    if (option) field.dataset.option = option;
  }
  const wrong = part.querySelector("[aria-invalid]");
  const field = wrong ?? (kept.focus && document.getElementById(kept.focus));
  if (!field) return;
  field.focus({ preventScroll: true });
  wrong?.closest(".input")?.scrollIntoView({ block: "center" }); // with what is wrong, which stands under the field
  if (!wrong && kept.selection && /^(text|textarea|url)$/.test(field.type)) field.setSelectionRange(...kept.selection);
}
