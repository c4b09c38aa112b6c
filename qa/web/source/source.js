// Shows a paper with the quote marked. All text of the paper is set as text, never as HTML.

const drawn = new WeakMap(); // component root → the click and view that it shows
let heard = {};
let growth; // observes the size of the page around the panel
let held; // whether the user has not moved away from the opened source yet

function listen(listeners, grown) {
  leave();
  growth = new ResizeObserver(grown);
  growth.observe(document.querySelector(".stMainBlockContainer"));
  heard = listeners;
  for (const [name, listener] of Object.entries(heard)) document.addEventListener(name, listener);
}

function leave() {
  for (const [name, listener] of Object.entries(heard)) document.removeEventListener(name, listener);
  heard = {};
  growth?.disconnect();
}

export default function ({ data, parentElement: root, setTriggerValue }) {
  const find = (id) => root.querySelector(`#${id}`);
  const section = root.querySelector("section");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

  const close = () => {
    const opener = document.querySelector(`.st-key-${data.opener} button`);
    (opener?.offsetParent ? opener : document.querySelector(`[data-opens="${data.opener}"]`))?.focus();
    setTriggerValue("close", true);
  };
  find("close").onclick = close;
  find("previous").onclick = () => setTriggerValue("step", -1);
  find("next").onclick = () => setTriggerValue("step", 1);

  // On a phone the source opens below the conversation; keep it in sight while that is still growing.
  const hold = () => held && section.scrollIntoView({ block: "nearest" });
  const release = (event) => event.composedPath().includes(section) || (held = false);
  const listeners = {
    focusin: release,
    pointerdown: release,
    touchmove: release,
    wheel: release,
    "qa-step": ({ detail }) => find(detail < 0 ? "previous" : "next").click(), // sent by keys.js
    keydown: (event) => {
      const elsewhere = event.composedPath()[0].closest?.("[role=dialog], [data-testid=stPopoverBody], [role=listbox]");
      if (event.key === "Escape" && !elsewhere && !document.querySelector("[role=dialog]")) close();
    },
  };
  listen(listeners, hold);

  const now = JSON.stringify([data.click, data.view]);
  const before = drawn.get(root);
  if (before === now) return leave;
  drawn.set(root, now);

  find("title").textContent = data.title;
  find("place").textContent = data.place;
  find("which").textContent = `${data.number} of ${data.count}`;
  find("steps").hidden = data.count < 2;
  find("previous").disabled = data.number === 1;
  find("next").disabled = data.number === data.count;
  find("views").replaceChildren(...data.views.map(viewButton));
  find("warning").textContent = data.warning;
  find("warning").hidden = !data.warning;
  find("text").className = data.view;
  find("text").setAttribute("aria-label", data.view === "page" ? "Pages of the paper" : "Text of the paper");
  find("text").replaceChildren(...{ readable, raw, page }[data.view]());
  find("interrupted").hidden = data.parts.length === 0;
  find("parts").replaceChildren(...data.parts.map(jump));

  const clicked = JSON.parse(before ?? "[null]")[0] !== data.click;
  if (clicked) held = true;
  if (clicked) find("title").focus({ preventScroll: true });
  else root.querySelector("#views [aria-pressed=true]")?.focus({ preventScroll: true });
  requestAnimationFrame(() => {
    scrollTo(0, "instant");
    hold();
  });
  return leave;

  function scrollTo(span, behavior) {
    const box = find("text");
    const mark = root.querySelector(`[data-span="${span}"]`) ?? root.querySelector("[data-span]");
    if (!mark) return box.scrollTo({ top: 0, behavior });
    const [there, view] = [mark, box].map((e) => e.getBoundingClientRect());
    const above = Math.max(16, (view.height - there.height) / 2);
    const left = box.scrollLeft + there.left - view.left - 16;
    box.scrollTo({ top: box.scrollTop + there.top - view.top - above, left, behavior });
  }

  function readable() {
    return data.content.map(([kind, pieces]) => {
      const element = document.createElement(kind === "heading" ? "h3" : "p");
      element.className = kind;
      element.append(...pieces.map(piece));
      return element;
    });
  }

  function raw() {
    return data.content.map(piece);
  }

  function page() {
    let span = 0;
    return data.content.map(({ page, png, boxes }) => {
      const figure = document.createElement("figure");
      const image = document.createElement("img");
      image.src = `data:image/png;base64,${png}`;
      image.alt = `Page ${page}, as it is printed`;
      image.onload = () => scrollTo(0, "instant");
      figure.append(image, ...boxes.map((box) => boxed(box, span++)));
      return figure;
    });
  }

  function boxed([left, top, width, height], span) {
    const element = document.createElement("div");
    element.dataset.span = span;
    const share = (value) => `${100 * value}%`;
    Object.assign(element.style, { left: share(left), top: share(top), width: share(width), height: share(height) });
    return element;
  }

  function piece([words, span]) {
    if (span === null) return document.createTextNode(words);
    const element = document.createElement("mark");
    element.dataset.span = span;
    element.textContent = words;
    return element;
  }

  function jump(place, span) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${span + 1}: ${place}`;
    button.onclick = () => scrollTo(span, calm ? "instant" : "smooth");
    return button;
  }

  function viewButton([view, words]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.setAttribute("aria-pressed", view === data.view);
    button.onclick = () => view !== data.view && setTriggerValue("view", view);
    return button;
  }
}
