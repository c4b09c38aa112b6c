// After a change, sets the focus where it was, or where one goes on, and announces the change to screen readers.

const PATIENCE = 3_000; // milliseconds
const done = new WeakMap(); // component root → number of the last change

export default function ({ data: [change, keys, words], parentElement: root }) {
  const before = done.get(root);
  done.set(root, change);
  if (before === undefined || before === change) return;
  root.querySelector("p").textContent = words;
  focusOnceDrawn(keys, performance.now() + PATIENCE);
}

// Entries are drawn anew where they have moved to, so the element is looked for until it stays.
function focusOnceDrawn(keys, until, calm = 0) {
  const found = keys
    .map((key) => document.querySelector(`.st-key-${key} :is(button, textarea):not(:disabled)`))
    .find(Boolean);
  const there = found && found === document.activeElement;
  if (found && !there) found.focus();
  if ((there && calm > 10) || performance.now() > until) return;
  const active = document.activeElement;
  if (!found || there || active === document.body || active === found)
    requestAnimationFrame(() => focusOnceDrawn(keys, until, there ? calm + 1 : 0));
}
