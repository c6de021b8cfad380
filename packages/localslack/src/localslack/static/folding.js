// On a narrow screen people and channels are folded away behind a button.

const button = document.getElementById("fold");
const sidebar = document.getElementById("sidebar");

/** Let the button show and hide the left bar; Escape and a press beside it hide it too. */
export function setUpFolding() {
  button.addEventListener("click", () => show(!shown()));
  document.addEventListener("pointerdown", (event) => {
    if (shown() && !sidebar.contains(event.target) && !button.contains(event.target)) show(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown()) show(false);
  });
}

function shown() {
  return button.getAttribute("aria-expanded") === "true";
}

function show(wanted) {
  button.setAttribute("aria-expanded", String(wanted));
  document.body.classList.toggle("unfolded", wanted);
  (wanted ? sidebar.querySelector("a") : button).focus();
}
