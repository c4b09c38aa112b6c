// Keeps the draft of the question box in this tab, and says when the server cannot be reached.
// qa-draft: what stands in the box, or was sent and is not settled. qa-send: it was sent.

const BOX = ".st-key-qa-box textarea";
const PATIENCE = 30; // seconds for the box to be drawn and to accept a question
const AGAIN = 4000; // milliseconds for which it is said that the server is back
const IDLE = 2000; // milliseconds without a run of the page after which what was sent has not arrived; set by hand, 2026-11-28
const RETRIES = 2; // a page that fails again and again is not asked for ever; set by hand, 2026-11-28

let listening = {};
let watch;
let sent = false; // over this connection
let waiting;
let arriving;
let retries = RETRIES;

export default function ({ data, parentElement: root }) {
  const store = sessionStorage;
  const forget = () => ["qa-draft", "qa-send"].forEach((name) => store.removeItem(name));
  const isBox = (event) => event.target.matches?.(BOX);
  const send = () => (store.setItem("qa-send", "1"), (sent = true), arrive());

  leave();
  if (data.settled && store.getItem("qa-draft")?.trim() === data.settled.trim()) forget(), (retries = RETRIES);
  if (data.refused) store.removeItem("qa-send");
  if (data.waiting) sent = true;
  restore();
  if (sent) arrive();

  listening = {
    input: (event) => isBox(event) && (store.setItem("qa-draft", event.target.value), store.removeItem("qa-send")),
    keydown: (event) => isBox(event) && event.key === "Enter" && !event.shiftKey && event.target.value.trim() && send(),
    click: (event) => event.target.closest?.('[data-testid="stChatInputSubmitButton"]') && send(),
  };
  for (const [name, listener] of Object.entries(listening)) document.addEventListener(name, listener, true);

  const app = document.querySelector(".stApp");
  const lost = root.querySelector("#lost");
  const look = () => {
    const state = app.dataset.testConnectionState;
    if (state !== "CONNECTED") {
      sent = false;
      lost.textContent = "The server cannot be reached. What you have typed is kept; the page goes on when it is back.";
    } else if (lost.textContent && !lost.dataset.back) {
      lost.textContent = "The server is back.";
      lost.dataset.back = "1";
      setTimeout(() => (lost.textContent = "", delete lost.dataset.back), AGAIN);
      restore();
    }
  };
  watch = new MutationObserver(look);
  watch.observe(app, { attributeFilter: ["data-test-connection-state"] });
  look();
  return leave;

  // Sends once more what was sent on a page that was being drawn anew, and so got lost: the page rests, and has it not.
  function arrive(rested = 0) {
    clearTimeout(arriving);
    if (!store.getItem("qa-send") || !retries) return;
    const { testConnectionState, testScriptState } = document.querySelector(".stApp").dataset;
    const draft = (store.getItem("qa-draft") ?? "").trim();
    const isThere = [...document.querySelectorAll(".qa-question")].some((one) => one.textContent.includes(draft));
    const rests = testConnectionState === "CONNECTED" && testScriptState === "notRunning" && !isThere;
    if (rests && rested >= IDLE) {
      retries -= 1;
      sent = false;
      restore();
    }
    arriving = setTimeout(() => arrive(rests && rested < IDLE ? rested + 100 : 0), 100);
  }

  // Puts the draft into the box if that is empty, and sends it if it was sent before.
  function restore(tries = 10 * PATIENCE) {
    clearTimeout(waiting);
    const draft = store.getItem("qa-draft");
    if (store.getItem("qa-focus") && document.querySelector(BOX)) {
      store.removeItem("qa-focus"); // it was in the box of shell.html
      document.querySelector(BOX).focus();
    }
    const again = store.getItem("qa-send") && !sent;
    if (!draft || (store.getItem("qa-send") && sent)) return;
    const box = document.querySelector(BOX);
    const connected = document.querySelector(".stApp").dataset.testConnectionState === "CONNECTED";
    if (!box || box.disabled || !connected) {
      if (tries) waiting = setTimeout(() => restore(tries - 1), 100);
      return;
    }
    if (!box.value) {
      Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, draft);
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
      if (again) store.setItem("qa-send", "1"); // the event has taken it for a new draft
    }
    if (again) waiting = setTimeout(() => document.querySelector('.st-key-qa-box [data-testid="stChatInputSubmitButton"]')?.click(), 50);
  }
}

function leave() {
  for (const [name, listener] of Object.entries(listening)) document.removeEventListener(name, listener, true);
  listening = {};
  watch?.disconnect();
  clearTimeout(arriving);
}
