// Using Block Kit elements: buttons, selects, fields, ticks, confirmations, and sending forms.

import { act, surfaceOf } from "./wire.js";
import { refresh } from "./screen.js";

/** The value an element has now, in the form the server reads. */
export function valueOf(element) {
  switch (element.dataset.type) {
    case "radio_buttons":
      return element.querySelector("input:checked")?.value ?? null;
    case "checkboxes":
      return [...element.querySelectorAll("input:checked")].map((tick) => tick.value);
    case "external_select":
      return element.querySelector("input").dataset.option ?? null;
    case "multi_external_select":
      return [...element.querySelectorAll(".chip")].map((chip) => chip.dataset.option);
    case "button":
      return null;
    default:
      if (element.multiple) return [...element.selectedOptions].map((option) => option.value);
      return element.dataset.value ?? element.value;
  }
}

/** Tell the server that an element was used, after asking where the app wants people asked. */
export async function use(element, value = valueOf(element)) {
  if (element.dataset.confirm && !(await confirmed(JSON.parse(element.dataset.confirm)))) return refresh();
  const button = element.matches("button.button") ? element : null;
  button?.classList.add("busy");
  if (button) button.disabled = true;
  await act("use", {
    ...surfaceOf(element),
    block_id: element.dataset.block,
    action_id: element.dataset.action,
    value,
  });
  if (button) { button.classList.remove("busy"); button.disabled = false; }
  return refresh();
}

/** Send the form of a modal. */
export async function submit(form) {
  const send = form.querySelector("button[type=submit]");
  if (!send || send.disabled) return;
  send.disabled = true;
  send.classList.add("busy");
  const fields = [...form.querySelectorAll("[data-action]")]
    .filter((element) => element.closest(".input"))
    .map((element) => ({ block_id: element.dataset.block, action_id: element.dataset.action, value: valueOf(element) }));
  await act("submit", { ...surfaceOf(form), fields });
  await refresh();
  send.disabled = false;
  send.classList.remove("busy");
}

/** Close a modal, or all of them. */
export async function close(dialog, everything) {
  await act("close", { ...surfaceOf(dialog), everything });
  await refresh();
}

/** Ask "are you sure" in the app's words. */
function confirmed(question) {
  const dialog = document.createElement("dialog");
  dialog.className = "confirm";
  dialog.setAttribute("aria-labelledby", "confirm-title");
  const title = Object.assign(document.createElement("h2"), { id: "confirm-title", textContent: question.title.text });
  const text = Object.assign(document.createElement("p"), { textContent: question.text.text });
  const foot = document.createElement("footer");
  const no = button(question.deny.text, "button", "no");
  const yes = button(question.confirm.text, `button ${question.style ?? "primary"}`, "yes");
  foot.append(no, yes);
  dialog.append(title, text, foot);
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "yes"); });
    for (const each of [no, yes]) each.addEventListener("click", () => dialog.close(each.value));
    dialog.showModal();
    yes.focus();
  });
}

function button(text, className, value) {
  return Object.assign(document.createElement("button"), { type: "button", textContent: text, className, value });
}
