// Listens on the whole page: single keys, clicks on citation numbers, and hover and focus, which show their notes.

const QUESTION = ".st-key-qa-stage textarea";
const PATIENCE = 10_000; // milliseconds

const click = (selector) => {
  const found = document.querySelector(selector);
  found?.click();
  return found;
};

const KEYS = {
  "/": () => document.querySelector(QUESTION)?.focus(),
  "?": () => click(".st-key-qa-help button"),
  "[": () => document.dispatchEvent(new CustomEvent("qa-step", { detail: -1 })), // source.js listens to it
  "]": () => document.dispatchEvent(new CustomEvent("qa-step", { detail: 1 })),
};

const pageOf = new WeakMap(); // component root → the page on which it was last drawn
let listening = {};

export default function ({ data, parentElement: root }) {
  // Streamlit gives the first page an empty address, which in a new tab opens the current page again.
  document.querySelector('.st-key-qa-links a[href=""]')?.setAttribute("href", "./");
  for (const link of document.querySelectorAll(".st-key-qa-links a"))
    link.textContent === data.page ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");

  if (pageOf.has(root) && pageOf.get(root) !== data.page)
    requestAnimationFrame(() => document.querySelector(".st-key-qa-links a[aria-current]")?.focus());
  pageOf.set(root, data.page);

  const typed = (event) => {
    const [target] = event.composedPath();
    if (!data.single || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (target.closest?.("input, textarea, select, [contenteditable], [role=dialog]") || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  };
  const clicked = (event) => {
    const opener = event.target.closest?.("[data-opens]");
    if (opener) clickOnceDrawn(`.st-key-${opener.dataset.opens} button`);
  };
  const noted = (event) => {
    const number = event.target.closest?.(".qa-cite");
    const note = number && document.getElementById(number.getAttribute("aria-describedby"));
    if (note) place(note, number);
    else if (!event.target.closest?.(".qa-note")) hide();
  };
  const escaped = (event) => event.key === "Escape" && hide();

  stop();
  listening = { keydown: typed, click: clicked, mouseover: noted, focusin: noted, keyup: escaped };
  for (const [name, listener] of Object.entries(listening)) document.addEventListener(name, listener);
  return stop;
}

function stop() {
  for (const [name, listener] of Object.entries(listening)) document.removeEventListener(name, listener);
  listening = {};
}

// A quote is drawn before the button that opens its source, so its number may be clicked too early.
function clickOnceDrawn(selector) {
  if (click(selector)) return;
  const observer = new MutationObserver(() => click(selector) && observer.disconnect());
  observer.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => observer.disconnect(), PATIENCE);
}

function hide() {
  for (const note of document.querySelectorAll(".qa-note.qa-seen")) note.classList.remove("qa-seen");
}

function place(note, number) {
  hide();
  note.classList.add("qa-seen");
  const at = number.getBoundingClientRect();
  const { width, height } = note.getBoundingClientRect();
  const below = at.bottom + 4 + height < innerHeight;
  note.style.left = `${Math.max(8, Math.min(at.left - 16, innerWidth - width - 8))}px`;
  note.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
}
