// How this window speaks with its server: what a person does goes out, changed parts come in.

export const me = document.body.dataset.person;
export const place = document.body.dataset.place;
export const channel = document.body.dataset.channel;

/** Do something as this person; tells what Slack said when it could not be done. */
export async function act(deed, said) {
  try {
    const response = await fetch(`/client/${me}/do/${deed}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Local-Slack": "1" },
      body: JSON.stringify(said),
    });
    const answer = response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
    if (answer.problem) toast(answer.problem);
    else if (!response.ok) toast("That did not work.");
    return answer;
  } catch {
    toast("The local Slack does not answer.");
    return {};
  }
}

/** Say which surface an element stands on: a modal, the home, or a message. */
export function surfaceOf(element) {
  const view = element.closest("[data-view]");
  if (view) return { view: view.dataset.view };
  const message = element.closest(".message");
  return { channel: message.dataset.channel, ts: message.dataset.ts };
}

let fading;
export function toast(sentence) {
  const shown = document.createElement("p");
  shown.textContent = sentence;
  document.getElementById("toast").replaceChildren(shown);
  clearTimeout(fading);
  fading = setTimeout(() => shown.remove(), 6000);
}
