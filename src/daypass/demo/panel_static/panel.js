// Asks for the state once a second and draws it; what has not changed is left alone, so that open details stay open.
const person = new URLSearchParams(location.search).get("person") ?? "";
const find = (id) => document.getElementById(id);
const make = (name, text, kind) => {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (kind) node.className = kind;
  return node;
};
const drawn = {};

function draw(id, data, build) {
  const now = JSON.stringify(data);
  if (drawn[id] === now) return;
  drawn[id] = now;
  const open = new Set([...find(id).querySelectorAll("details[open]")].map((one) => one.dataset.name));
  find(id).replaceChildren(...build(data));
  for (const one of find(id).querySelectorAll("details")) one.open = open.has(one.dataset.name);
}

const tries = (list) => list.map(({ wish, answer }) => {
  const row = make("tr");
  row.append(make("td", wish), make("td", answer, answer.replace(" ", "-")));
  return row;
});

/** Whether a policy lends anything; one that only denies ends what was lent. */
const lends = (text) => JSON.stringify(text).includes('"Effect":"Allow"');

const policies = (list) => {
  if (!list.length) return [make("p", "Nothing of Daypass’s. Sessions and links leave nothing here: their policy travels inside the session.", "empty")];
  return list.map(({ where, name, document: text }) => {
    const box = make("details");
    box.dataset.name = name;
    const head = make("summary");
    head.append(make("b", name), ` ${where}`);
    const ends = JSON.stringify(text).match(/"DateLessThan":\{"aws:CurrentTime":"[\d-]+T([\d:]+)Z"/);
    if (ends) head.append(make("time", `${lends(text) ? "AWS ends it by itself" : "This denial ends"} at ${ends[1]} UTC`));
    box.append(head, make("pre", JSON.stringify(text, null, 2)));
    return box;
  });
};

const entries = (list) => list.map(({ at, kind, subject, actor }) => {
  const row = make("li");
  row.append(make("time", at), make("b", kind), make("span", [subject, actor].filter(Boolean).join(" · ")));
  return row;
});

async function look() {
  try {
    const state = await (await fetch(`/state?person=${encodeURIComponent(person)}`)).json();
    find("now").textContent = `${state.now} UTC`;
    find("person").textContent = `${state.person}’s`;
    draw("may", state.may, tries);
    draw("held", state.held, policies);
    find("verdict").textContent = state.journal.verdict;
    draw("entries", state.journal.entries, entries);
    find("hints").textContent = state.hints.join("\n");
    document.body.classList.add("ready");
  } catch {
    find("now").textContent = "no answer";
  }
}

async function keepLooking() {
  for (;;) {
    if (!document.hidden) await look();
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
keepLooking();
