// After a change, sets the focus where it was, or where one goes on, and announces the change to screen readers.

const PATIENCE = 3_000; // milliseconds
const done = new WeakMap(); // component root → number of the last change

export default function ({ data: [change, keys, words], parentElement: root }) {
  const before = done.get(root);
  done.set(root, change);
  if (before === undefined || before === change) return;
  root.querySelector("p").textContent = words;
  focusOnceDrawn(keys, performance.now() + PATIENCE, document.activeElement);
}

// Entries are drawn anew where they have moved to, and an element that is drawn anew has lost the focus. Whoever has
// gone elsewhere meanwhile is left there.
function focusOnceDrawn(keys, until, before) {
  const active = document.activeElement;
  const found = keys
    .map((key) => document.querySelector(`.st-key-${key} :is(button, textarea):not(:disabled)`))
    .find(Boolean);
  if (active !== document.body && active !== before && active !== found) return;
  if (found && active !== found) found.focus();
  if (performance.now() < until) requestAnimationFrame(() => focusOnceDrawn(keys, until, found ?? before));
}
