// Shows a paper's text with the quote marked. Whatever comes from the paper is set as text, never as HTML.

const drawn = new WeakMap(); // component root → the click that is on show

export default function ({ data, parentElement: root, setTriggerValue }) {
  const find = (id) => root.querySelector(`#${id}`);

  const close = () => {
    document.querySelector(`.st-key-${data.opener} button`)?.focus();
    setTriggerValue("close", true);
  };
  find("close").onclick = close;
  root.querySelector("section").onkeydown = (event) => event.key === "Escape" && close();

  if (drawn.get(root) === data.click) return;
  drawn.set(root, data.click);

  find("title").textContent = data.title;
  find("place").textContent = data.place;
  find("text").replaceChildren(...data.segments.map(piece));
  find("interrupted").hidden = data.parts.length === 0;
  find("parts").replaceChildren(...data.parts.map(jump));

  find("title").focus({ preventScroll: true });
  requestAnimationFrame(() => {
    scrollTo(0, "instant");
    root.querySelector("section").scrollIntoView({ block: "nearest" }); // on a phone it opens below the talk
  });

  function scrollTo(span, behavior) {
    const box = find("text");
    const [mark, view] = [root.querySelector(`mark[data-span="${span}"]`), box].map((e) => e.getBoundingClientRect());
    const above = Math.max(16, (view.height - mark.height) / 2);
    box.scrollTo({ top: box.scrollTop + mark.top - view.top - above, behavior });
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
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    button.type = "button";
    button.textContent = `${span + 1}: ${place}`;
    button.onclick = () => scrollTo(span, calm ? "instant" : "smooth");
    return button;
  }
}
