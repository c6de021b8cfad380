// The window of one person: what is clicked, chosen, typed and sent finds its way from here.

import { act, surfaceOf } from "./wire.js";
import { listen, openModal, refresh, toNewest } from "./screen.js";
import { close, submit, use } from "./elements.js";
import * as combo from "./combo.js";
import { setUpComposer } from "./composer.js";
import { setUpFolding } from "./folding.js";

const comboOf = (target) => (target.closest?.(".combo") && target.matches("input") ? target : null);

document.addEventListener("click", async (event) => {
  const target = event.target;
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
  const chip = target.closest("[data-unchip]")?.closest(".chip");
  const button = target.closest("button[data-action], a[data-action]");
  const closing = target.closest("[data-close]");
  const dismissing = target.closest("[data-dismiss]");
  if (chip) {
    const field = chip.closest(".combo");
    chip.remove();
    use(field);
  } else if (button) {
    const menu = button.closest("details.menu");
    if (menu) menu.open = false;
    use(button, button.dataset.value ?? null);
  } else if (closing) {
    close(closing.closest("dialog"), closing.dataset.close === "everything");
  } else if (dismissing) {
    await act("dismiss", surfaceOf(dismissing));
    refresh();
  }
});

document.addEventListener("change", (event) => {
  const element = event.target.closest("[data-action]");
  if (!element || comboOf(event.target) || element.matches("button, a")) return;
  const typedIn = element.matches("input[type=text], input[type=url], input[type=email], textarea");
  if (typedIn && element.dataset.dispatches !== undefined) return;
  use(element);
});

document.addEventListener("input", (event) => comboOf(event.target) && combo.typed(event.target));
document.addEventListener("click", (event) => comboOf(event.target) && combo.clicked(event.target));
document.addEventListener("focusout", (event) => comboOf(event.target) && combo.left(event.target));
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest(".options [data-option]");
  if (!option) return;
  event.preventDefault();
  combo.pick(option.closest(".combo").querySelector("input"), option);
});

document.addEventListener("keydown", (event) => {
  const input = comboOf(event.target);
  if (input && combo.key(input, event)) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  const field = event.target.closest?.("[data-dispatches]");
  if (event.key === "Enter" && field?.matches("input")) {
    event.preventDefault();
    use(field);
  }
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest(".modal-form");
  if (!form) return;
  event.preventDefault();
  submit(form);
});

// Escape closes a dialog by itself; here it is the app's to know.
document.addEventListener("cancel", (event) => {
  if (!event.target.matches("dialog.modal")) return;
  event.preventDefault();
  close(event.target, false);
}, true);

setUpFolding();
setUpComposer();
openModal();
toNewest();
listen();
