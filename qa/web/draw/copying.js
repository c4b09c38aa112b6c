// Copies a text to the clipboard, one of several if there is a menu, and says so.

const SHOWN = 3000; // milliseconds that "Copied" stays

const drawn = new WeakMap(); // component root → what it was last drawn of

export default function ({ data, parentElement: root }) {
  const now = JSON.stringify(data);
  if (drawn.get(root) === now) return; // a page that is drawn anew keeps the focus and an open menu
  drawn.set(root, now);
  const find = (id) => root.querySelector(`#${id}`);
  const [button, menu] = [find("copy"), find("menu")];
  find("words").textContent = data.words;
  button.setAttribute("aria-label", data.name);
  const copy = (text) => copied(root, text).then((done) => done && celebrate(root));

  if (data.forms.length === 1) {
    menu.hidden = true;
    button.onclick = () => copy(data.forms[0][1]);
    return;
  }
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  menu.setAttribute("aria-label", data.name);
  menu.replaceChildren(...data.forms.map(([name, text]) => item(name, () => (close(), copy(text)))));
  const items = [...menu.children];

  const hide = () => menu.hidePopover(); // what is fixed would stay where it is when the page moves
  const close = () => (hide(), button.focus());
  button.onclick = () => {
    menu.showPopover();
    const [at, { width, height }] = [button.getBoundingClientRect(), menu.getBoundingClientRect()];
    const below = at.bottom + 4 + height < innerHeight;
    menu.style.left = `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`;
    menu.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
    items[0].focus({ preventScroll: true });
  };
  menu.ontoggle = ({ newState }) => {
    button.setAttribute("aria-expanded", String(newState === "open"));
    document[newState === "open" ? "addEventListener" : "removeEventListener"]("scroll", hide, true);
  };
  menu.onkeydown = (event) => {
    const at = items.indexOf(event.target);
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
    if (event.key in steps) items.at(steps[event.key] % items.length).focus();
    else if (event.key === "Escape") close();
    else if (event.key === "Tab") hide();
    if (event.key in steps || event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation(); // Escape would close the source as well
    }
  };
}

function item(name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.setAttribute("role", "menuitem");
  made.tabIndex = -1;
  made.textContent = name;
  made.onclick = act;
  return made;
}

// Whether the text is in the clipboard. Where a page may not write to it, which is so on plain http from another
// machine, the text is selected in a field; browsers that still copy what is selected do so.
async function copied(root, text) {
  const [field, byHand] = [root.querySelector("#to-copy"), root.querySelector("#by-hand")];
  byHand.hidden = true;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    byHand.hidden = false;
    field.value = text;
    field.focus();
    field.select();
    if (document.execCommand("copy")) {
      byHand.hidden = true;
      root.querySelector("#copy").focus();
      return true;
    }
    const keys = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘C" : "Ctrl+C";
    root.querySelector("#keys").textContent = `Copy it from here with ${keys}:`;
    return false;
  }
}

function celebrate(root) {
  const [button, said] = [root.querySelector("#copy"), root.querySelector("#said")];
  button.classList.add("copied");
  said.textContent = "Copied";
  clearTimeout(button.waiting);
  button.waiting = setTimeout(() => {
    button.classList.remove("copied");
    said.textContent = "";
  }, SHOWN);
}
