// On a new answer, scrolls its question to the top of the window, announces it to screen readers, and forgets the draft.

const arrived = new WeakMap(); // component root → number of the last exchange

export default function ({ data: [last, words, question], parentElement: root }) {
  const before = arrived.get(root);
  arrived.set(root, last);
  if (before === last) return;
  root.querySelector("p").textContent = words;
  if (sessionStorage.getItem("qa-draft")?.trim() === question.trim())
    for (const name of ["qa-draft", "qa-send"]) sessionStorage.removeItem(name); // see drafts.js
  requestAnimationFrame(() => document.querySelector(`.st-key-qa-exchange-${last}`)?.scrollIntoView());
}
