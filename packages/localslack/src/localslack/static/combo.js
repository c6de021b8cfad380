// The typeahead of external selects, as a combobox: letters go to the app, its options come back.

import { act, surfaceOf } from "./wire.js";
import { use } from "./elements.js";

const PAUSE = 180;
let timer;
let asked = 0;

/** Ask the app for options a moment after the last letter. */
export function typed(input) {
  clearTimeout(timer);
  delete input.dataset.option;
  timer = setTimeout(() => suggest(input), PAUSE);
}

/** Show options as soon as one clicks the field, where the app wants no letters first. */
export function clicked(input) {
  const wantsNone = Number(input.closest(".combo").dataset.least) === 0;
  if (wantsNone && !input.dataset.option && listOf(input).hidden) suggest(input);
}

/** Leave the field: half-typed text that was not picked is taken back. */
export function left(input) {
  clearTimeout(timer);
  shut(input);
  const combo = input.closest(".combo");
  if (combo.dataset.many !== undefined || input.dataset.option) return;
  const had = input.defaultValue;
  input.value = "";
  if (had) { input.defaultValue = ""; use(combo, null); }
}

/** Move through the options and pick with the keyboard; gives whether the key was taken. */
export function key(input, event) {
  const list = listOf(input);
  const options = [...list.querySelectorAll("[data-option]")];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" && list.hidden) { suggest(input); return true; }
  if (list.hidden) return false;
  if (event.key === "Escape") { shut(input); return true; }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const step = event.key === "ArrowDown" ? 1 : -1;
    mark(input, options, (at + step + options.length) % options.length);
    return true;
  }
  if (event.key === "Enter" && options[at]) { pick(input, options[at]); return true; }
  return false;
}

/** Take an option. */
export function pick(input, option) {
  const combo = input.closest(".combo");
  shut(input);
  if (combo.dataset.many === undefined) {
    input.value = JSON.parse(option.dataset.option).text.text;
    input.dataset.option = option.dataset.option;
    use(combo);
    return;
  }
  const chosen = [...combo.querySelectorAll(".chip")].map((chip) => chip.dataset.option);
  input.value = "";
  use(combo, [...new Set([...chosen, option.dataset.option])]);
}

async function suggest(input) {
  const combo = input.closest(".combo");
  const least = Number(combo.dataset.least);
  const letters = input.value.trim();
  if (letters.length < least) { show(input, [note(`Type ${least} or more characters`)]); return; }
  const turn = ++asked;
  const answer = await act("suggest", {
    ...surfaceOf(combo), block_id: combo.dataset.block, action_id: combo.dataset.action, typed: letters,
  });
  if (turn !== asked || document.activeElement !== input) return;
  const options = (answer.options ?? []).map(item);
  show(input, options.length ? options : [note("No results")]);
  if (options.length) mark(input, options, 0);
}

function item(option, index) {
  const li = document.createElement("li");
  li.setAttribute("role", "option");
  li.id = `option-${index}`;
  li.dataset.option = JSON.stringify(option);
  li.textContent = option.text.text;
  if (option.description) li.append(Object.assign(document.createElement("small"), { textContent: option.description.text }));
  return li;
}

function note(text) {
  return Object.assign(document.createElement("li"), { className: "none", textContent: text });
}

function show(input, items) {
  const list = listOf(input);
  list.replaceChildren(...items);
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
}

function shut(input) {
  listOf(input).hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function mark(input, options, index) {
  options.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
  options[index]?.scrollIntoView({ block: "nearest" });
  if (options[index]) input.setAttribute("aria-activedescendant", options[index].id);
}

const listOf = (input) => input.closest(".combo").querySelector(".options");
