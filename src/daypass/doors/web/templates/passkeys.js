"use strict";
// Puts the page's question to the browser, and the browser's answer to Daypass. No library; nothing is kept.
const main = document.querySelector("main");
const asked = JSON.parse(main.dataset.asked);
const form = main.querySelector("form");
const button = form.querySelector("button");
const refused = form.querySelector("[role=alert]");
const name = form.elements.namedItem("name");
let proof = null;

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

function said(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response };
}

async function prove() {
  const publicKey = { ...asked.prove, challenge: bytes(asked.prove.challenge) };
  publicKey.allowCredentials = known(asked.prove.allowCredentials);
  return said(await navigator.credentials.get({ publicKey }));
}

async function make() {
  const publicKey = { ...asked.make, challenge: bytes(asked.make.challenge) };
  publicKey.user = { ...asked.make.user, id: bytes(asked.make.user.id) };
  publicKey.excludeCredentials = known(asked.make.excludeCredentials);
  return said(await navigator.credentials.create({ publicKey }));
}

function why(error) {
  switch (error.name) {
    case "NotAllowedError": return "Nothing was confirmed: it was cancelled, or took too long. Press the button again.";
    case "InvalidStateError": return "This device holds a passkey of yours for Daypass already.";
    case "SecurityError": return "This browser does not allow passkeys at this address; tell whoever runs Daypass.";
    case "TypeError": return "Daypass could not be reached. Press the button again.";
    default: return `The browser refused: ${error.message}`;
  }
}

function done(outcome) {
  const [title, sentence] = [main.querySelector("h1"), main.querySelector(".sentence")];
  title.textContent = outcome.title;
  sentence.textContent = outcome.sentence;
  document.title = `${outcome.title} · Daypass`;
  form.remove();
  title.focus();
}

async function send(made) {
  const body = { ticket: asked.ticket, proof, made, name: name ? name.value : "" };
  const answer = await fetch(asked.to, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const outcome = await answer.json();
  if (answer.ok) return done(outcome);
  if ([404, 410].includes(answer.status)) return done({ title: "Not done", sentence: outcome.detail });
  proof = null;
  button.textContent = first;
  refused.textContent = outcome.detail;
}

async function step() {
  if (asked.prove && !proof) {
    proof = await prove();
    if (asked.make) {
      // A second click: some browsers ask for one before each question.
      button.textContent = asked.button;
      return;
    }
  }
  await send(asked.make ? await make() : null);
}

if (name && !asked.prove) name.value = /Mobi/.test(navigator.userAgent) ? "phone" : "laptop";
const first = button.textContent;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.disabled) return;
  button.disabled = true;
  refused.textContent = "";
  try {
    await step();
  } catch (error) {
    refused.textContent = why(error);
  } finally {
    button.disabled = false;
    if (button.isConnected) button.focus();
  }
});

if (window.PublicKeyCredential) {
  refused.textContent = "";
  button.disabled = false;
} else {
  refused.textContent = "This browser knows no passkeys here. Open the page in a current browser, over https.";
}
