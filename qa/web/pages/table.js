// Tells the page of a click on a button of a table's cell. The table is drawn as HTML: a widget for each of several
// hundred buttons would make every rerun slow.

let listener;

export default function ({ setTriggerValue }) {
  stop();
  listener = ({ target }) => {
    const button = target.closest?.(".qa-sheet button[data-paper]");
    if (button) setTriggerValue("click", { ...button.dataset });
  };
  document.addEventListener("click", listener);
  return stop;
}

function stop() {
  if (listener) document.removeEventListener("click", listener);
}
