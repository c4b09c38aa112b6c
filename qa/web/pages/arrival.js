// On a new answer, scrolls its question to the top of the window and announces it to screen readers.

const arrived = new WeakMap(); // component root → number of the last exchange

export default function ({ data: [last, words], parentElement: root }) {
  const before = arrived.get(root);
  arrived.set(root, last);
  if (before === last) return;
  root.querySelector("p").textContent = words;
  requestAnimationFrame(() => document.querySelector(`.st-key-qa-exchange-${last}`)?.scrollIntoView());
}
