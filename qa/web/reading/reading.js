// A paper to read: its printed pages or its readable text. All text of the paper is set as text, never as HTML.

const shown = new WeakMap(); // component root → what it shows
const KEPT = 24; // pictures of pages that stay
const AT_ONCE = 4; // pages that are asked for at once, and three times as many little ones
const WIDE = 700; // pixels of the reader, from which on it begins with printed pages
const SIZES = [50, 67, 80, 100, 125, 150, 200, 300];
let released = () => {};

export default function ({ data, parentElement: root, setTriggerValue }) {
  const one = (name) => root.querySelector(`.qa-reader-${name}`);
  const all = (selector) => [...root.querySelectorAll(selector)];
  const section = root.querySelector("section");
  const sheet = one("sheet");
  const [sectionRail, pageRail] = all(".qa-reader-rail");

  let state = shown.get(root);
  const isNew = state?.paper !== data.paper;
  if (isNew) {
    state = {
      paper: data.paper, view: "text", place: data.start, pages: new Map(), thumbs: new Map(), marked: new Map(),
      boxed: new Set(), size: { text: 100, pages: 100 }, chosen: [], find: -1, asked: "", sentences: [],
      words: data.words,
      go: data.go[0],
      page: data.pages[data.start] ?? 1,
      fixed: true, // place and page are those that were gone to, until somebody scrolls
    };
    shown.set(root, state);
    build();
  }
  state.data = data;
  state.send = setTriggerValue;
  if (isNew) turnTo(data.printable && section.clientWidth >= WIDE ? "pages" : "text");
  state.ready = true;
  update();
  if (isNew && data.at.length) requestAnimationFrame(intoView);

  released();
  const listeners = { selectionchange: choose, keydown: escape };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
  released = () => {
    for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener);
  };
  return () => released();

  function build() {
    drawText(one("text"), data.blocks);
    state.sentences = all("[data-sentence]");
    const names = data.sections.map(([name, number]) => [name || "Beginning", number]);
    one("jump").replaceChildren(
      ...[["Sections", ""], ...names].map(([name, number]) => new Option(name, number)),
    );
    sectionRail.replaceChildren(...names.map(([name, number]) => button(name, () => go(number))));
    for (const element of [one("jump"), sectionRail]) element.classList.toggle("qa-reader-none", names.length < 2);
    pageRail.replaceChildren(...data.labels.map(thumbnail));
    one("pages").replaceChildren(...data.labels.map(figure));
    one("turn").querySelector("input").max = data.labels.length;
    one("turn").querySelector("span").textContent = `of ${data.labels.length}`;
    const watch = (elements, rootElement) => {
      const seen = new Set();
      const observer = new IntersectionObserver(
        (entries) => {
          for (const { target, isIntersecting } of entries)
            seen[isIntersecting ? "add" : "delete"](Number(target.dataset.page));
          want();
        },
        { root: rootElement, rootMargin: "50% 0px" },
      );
      elements.forEach((element) => observer.observe(element));
      return seen;
    };
    state.near = watch(all("figure"), sheet);
    state.nearThumbs = watch([...pageRail.children], pageRail);
    let waiting;
    sheet.onscroll = () => {
      clearTimeout(waiting);
      waiting = setTimeout(moved, 120);
    };
    for (const moving of ["wheel", "touchmove", "pointerdown", "keydown"])
      sheet.addEventListener(moving, () => (state.fixed = false), { passive: true });
    section.onclick = click;
    sheet.onkeydown = keyed;
    one("jump").onchange = ({ target }) => target.value !== "" && go(Number(target.value));
    one("turn").onsubmit = (event) => event.preventDefault();
    one("turn").querySelector("input").onchange = ({ target }) => toPage(Number(target.value));
    const words = one("find").querySelector("input");
    words.value = data.words;
    one("find").onsubmit = (event) => {
      event.preventDefault();
      if (words.value.trim() === (state.data.words ?? "")) step(1);
      else find(words.value);
    };
    let typing;
    words.oninput = () => {
      clearTimeout(typing);
      typing = setTimeout(() => find(words.value), 350);
    };
    for (const name of ["views", "turn"]) one(name).hidden = !data.printable;
  }

  function find(words) {
    if (words.trim() === (state.data.words ?? "")) return;
    state.find = -1;
    state.send("find", words.trim());
  }

  function update() {
    for (const [page, png] of Object.entries(data.images)) paint(Number(page), png);
    for (const [page, png] of Object.entries(data.thumbs)) {
      state.thumbs.set(Number(page), png);
      const image = pageRail.children[page - 1]?.querySelector("img");
      if (image) image.src = `data:image/png;base64,${png}`;
    }
    if (data.shapes.length && !state.shaped) {
      state.shaped = true;
      all("figure").forEach((element, i) => (element.style.aspectRatio = `1 / ${data.shapes[i] ?? 1.414}`));
      if (state.view === "pages") toSentence(state.place);
    }
    if (state.boxKey !== data.boxKey) {
      state.boxKey = data.boxKey;
      state.boxed.clear();
      all(".qa-reader-box").forEach((box) => box.remove());
    }
    for (const page of data.boxed) {
      state.boxed.add(page);
      const place = one("pages").children[page - 1];
      place?.querySelectorAll(".qa-reader-box").forEach((box) => box.remove());
      place?.append(...data.boxes.filter((box) => box.page === page).map(boxed));
    }
    one("notice").textContent = data.notice;
    one("notice").hidden = !data.notice;
    if (!data.printable && state.view === "pages") turnTo("text");
    for (const name of ["views", "turn"]) one(name).hidden = !data.printable;
    if (state.words !== data.words) {
      state.words = data.words;
      state.find = -1;
      if (data.found.length) {
        const ahead = data.found.findIndex(([number]) => number >= state.place);
        step(ahead < 0 ? 1 : ahead + 1);
      }
    }
    if (data.go[0] !== state.go) {
      state.go = data.go[0];
      if (data.go[0]) go(data.go[1]);
    }
    state.asked = "";
    redraw();
    want();
  }

  function redraw() {
    const found = state.data.found.map((part, i) => [...part, i === state.find ? "found now" : "found"]);
    const chosen = state.chosen.map((part) => [...part, "chosen"]);
    drawMarks(state.sentences, [...state.data.at, ...state.data.marks, ...found, ...chosen], state.marked);
    all(".qa-reader-box.found").forEach((box) => box.classList.toggle("now", Number(box.dataset.find) === state.find));
    const many = state.data.found.length;
    const words = state.find < 0 ? `${many} found` : `${state.find + 1} of ${many}${many === state.data.most ? "+" : ""}`;
    one("find").querySelector("span").textContent = state.data.words ? (many ? words : "Not found") : "";
    all("[data-find]").filter((e) => e.type === "button").forEach((button) => (button.hidden = many < 2));
    one("bar").hidden = !state.chosen.length;
    const text = state.chosen.map(([n, from, to]) => [...state.sentences[n].textContent].slice(from, to).join(""));
    one("bar").querySelector("q").textContent = text.join(" ");
  }

  // Moving about. The place is a sentence, the same in both views.
  function turnTo(view) {
    if (state.ready) intoView();
    state.view = view;
    section.dataset.view = view;
    sheet.setAttribute("aria-label", view === "pages" ? "Pages of the paper" : "Text of the paper");
    all("[data-view]").filter((e) => e !== section).forEach((e) => e.setAttribute("aria-pressed", e.dataset.view === view));
    size(0);
    toSentence(state.place);
    redraw();
    want();
  }

  // What stands above the reader may fill the window.
  function intoView() {
    section.scrollIntoView({ block: "nearest" });
  }

  function go(number) {
    intoView();
    state.place = number;
    toSentence(number);
    if (state.view === "text") state.sentences[number]?.focus({ preventScroll: true });
    else sheet.focus({ preventScroll: true });
  }

  function toSentence(number, middle = state.view === "text") {
    const text = state.sentences[number];
    if (state.view === "text") return scrollTo(text?.querySelector("mark") ?? text, middle);
    const page = (state.page = state.data.pages[number] ?? 1);
    const marks = [...(one("pages").children[page - 1]?.querySelectorAll(".qa-reader-box") ?? [])];
    const mark = marks.find((box) => Number(box.dataset.sentence) === number);
    scrollTo(mark ?? one("pages").children[page - 1], Boolean(mark));
    state.held = mark ? -1 : number; // until its box is there
  }

  function scrollTo(element, middle) {
    if (!element) return;
    state.fixed = true;
    const [there, view] = [element, sheet].map((e) => e.getBoundingClientRect());
    const above = middle ? Math.max(16, (view.height - there.height) / 3) : 8;
    sheet.scrollTo({ top: sheet.scrollTop + there.top - view.top - above, behavior: "instant" });
    if (middle && there.left < view.left) sheet.scrollLeft += there.left - view.left - 16;
    shownPage();
  }

  function moved() {
    if (state.fixed) return want();
    const top = sheet.getBoundingClientRect().top + 12;
    if (state.view === "pages") {
      const page = (state.page = pageInView());
      if (state.data.pages[state.place] !== page) {
        const first = state.data.pages.findIndex((own) => own >= page);
        state.place = first < 0 ? Math.max(0, state.data.pages.length - 1) : first;
      }
    } else {
      let [low, high] = [0, state.sentences.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (state.sentences[middle].getBoundingClientRect().bottom < top) low = middle + 1;
        else high = middle;
      }
      state.place = low;
    }
    shownPage();
  }

  function pageInView() {
    const middle = sheet.getBoundingClientRect().top + sheet.clientHeight / 3;
    const pages = [...one("pages").children];
    const at = pages.findIndex((page) => page.getBoundingClientRect().bottom > middle);
    return at < 0 ? pages.length : at + 1;
  }

  function shownPage() {
    const page = currentNumber();
    const field = one("turn").querySelector("input");
    if (document.activeElement !== field) field.value = page;
    for (const [i, thumb] of [...pageRail.children].entries()) {
      const isNow = i + 1 === page;
      if (isNow && thumb.getAttribute("aria-current") !== "page") {
        const [own, rail] = [thumb, pageRail].map((e) => e.getBoundingClientRect());
        if (own.top < rail.top || own.bottom > rail.bottom) pageRail.scrollTop += own.top - rail.top - rail.height / 3;
      }
      thumb.tabIndex = isNow ? 0 : -1; // the field and the buttons above lead to the others
      isNow ? thumb.setAttribute("aria-current", "page") : thumb.removeAttribute("aria-current");
    }
    let now = 0;
    state.data.sections.forEach(([, number], i) => number <= state.place && (now = i));
    [...sectionRail.children].forEach((e, i) =>
      i === now ? e.setAttribute("aria-current", "true") : e.removeAttribute("aria-current"),
    );
    one("jump").selectedIndex = now + 1;
  }

  function toPage(page) {
    intoView();
    const last = state.data.labels.length;
    const wanted = Math.min(Math.max(1, page || 1), last);
    const first = state.data.pages.findIndex((own) => own >= wanted);
    state.place = first < 0 ? state.place : first;
    state.page = wanted;
    if (state.view === "text") toSentence(state.place, false);
    else scrollTo(one("pages").children[wanted - 1], false);
    shownPage();
  }

  function step(by) {
    const many = state.data.found.length;
    if (!many) return;
    intoView();
    state.find = (state.find + by + many) % many;
    redraw();
    const [number] = state.data.found[state.find];
    state.place = number;
    const now = root.querySelector(state.view === "text" ? "mark.found.now" : ".qa-reader-box.found.now");
    if (now) scrollTo(now, true);
    else toSentence(number);
    shownPage();
  }

  function size(by) {
    const at = SIZES.indexOf(state.size[state.view]) + by;
    if (SIZES[at]) state.size[state.view] = SIZES[at];
    const now = state.size[state.view];
    section.style.setProperty("--qa-size", now / 100);
    one("zoom").querySelector('[data-zoom="-1"]').disabled = now === SIZES[0];
    one("zoom").querySelector('[data-zoom="1"]').disabled = now === SIZES.at(-1);
    if (by) toSentence(state.place, false);
  }

  // Pages are drawn on the server when somebody comes near them.
  function want() {
    if (!state.data.printable || state.view !== "pages") return;
    clearTimeout(state.wanting);
    state.wanting = setTimeout(() => {
      const here = state.page;
      const nearest = (pages) => [...pages].sort((a, b) => Math.abs(a - here) - Math.abs(b - here));
      const near = nearest(state.near).slice(0, AT_ONCE);
      const pages = near.filter((page) => !state.pages.has(page));
      const thumbs = pageRail.clientHeight ? nearest(state.nearThumbs).filter((page) => !state.thumbs.has(page)) : [];
      const boxes = near.some((page) => !state.boxed.has(page));
      if (!pages.length && !thumbs.length && !boxes) return;
      const wanted = { near, pages, thumbs: thumbs.slice(0, 3 * AT_ONCE) };
      const asked = JSON.stringify(wanted);
      if (asked === state.asked) return;
      state.asked = asked;
      state.send("look", wanted);
    }, 150);
  }

  function paint(page, png) {
    const image = one("pages").children[page - 1]?.querySelector("img");
    if (!image) return;
    state.pages.delete(page);
    state.pages.set(page, true);
    image.src = `data:image/png;base64,${png}`;
    const here = state.page;
    for (const old of [...state.pages.keys()].sort((a, b) => Math.abs(b - here) - Math.abs(a - here))) {
      if (state.pages.size <= KEPT) break;
      state.pages.delete(old);
      one("pages").children[old - 1].querySelector("img").removeAttribute("src");
    }
  }

  function boxed({ kind, sentence, find, box: [left, top, width, height] }) {
    const element = document.createElement("div");
    element.className = `qa-reader-box ${kind}`;
    element.dataset.sentence = sentence;
    if (find !== null) element.dataset.find = find;
    const share = (value) => `${100 * value}%`;
    Object.assign(element.style, { left: share(left), top: share(top), width: share(width), height: share(height) });
    if (state.held === sentence) requestAnimationFrame(() => toSentence(sentence));
    return element;
  }

  function figure(label, i) {
    const element = document.createElement("figure");
    element.dataset.page = i + 1;
    const image = document.createElement("img");
    image.alt = `Page ${label}, as it is printed`;
    element.append(image);
    return element;
  }

  function thumbnail(label, i) {
    const element = button(label, () => toPage(i + 1));
    element.dataset.page = i + 1;
    element.setAttribute("aria-label", `Page ${label}`);
    const image = document.createElement("img");
    image.alt = "";
    element.prepend(image);
    return element;
  }

  function button(words, onclick) {
    const element = document.createElement("button");
    element.type = "button";
    element.textContent = words;
    element.onclick = onclick;
    return element;
  }

  // Choosing words: by selecting them, by a click on a sentence, or by the arrow keys and Enter.
  function choose() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed || !one("text").contains(selection.anchorNode)) return;
    state.chosen = selected(state.sentences, selection.getRangeAt(0));
    state.bySelection = true;
    one("bar").hidden = !state.chosen.length;
    const words = selection.toString();
    one("bar").querySelector("q").textContent = words;
  }

  function click(event) {
    const { view, turn, zoom, find: by, do: what } = event.target.dataset;
    if (event.target.tagName === "BUTTON") {
      if (view) turnTo(view);
      else if (turn) toPage(currentNumber() + Number(turn));
      else if (zoom) size(Number(zoom));
      else if (by) step(Number(by));
      else if (what !== undefined) act(what);
      return;
    }
    const sentence = event.target.closest("[data-sentence]");
    if (!sentence || !document.getSelection().isCollapsed || !one("text").contains(sentence)) return;
    state.chosen = [whole(state.sentences, Number(sentence.dataset.sentence))];
    redraw();
  }

  function currentNumber() {
    return state.view === "pages" ? state.page : (state.data.pages[state.place] ?? 1);
  }

  function act(what) {
    if (what) state.send("do", { what, parts: state.chosen });
    if (what === "note" || what === "near") showCard(what);
    const [first] = state.chosen;
    document.getSelection().removeAllRanges();
    state.chosen = [];
    redraw();
    if (first) state.sentences[first[0]].focus({ preventScroll: true });
  }

  // The card with the note or the nearest sentences is drawn by the server, on a phone below the paper.
  function showCard(what, patience = 50) {
    const field = document.querySelector(what === "note" ? ".st-key-qa-note-words textarea" : ".st-key-qa-close-near button");
    if (field) {
      document.querySelector(".st-key-qa-chosen").scrollIntoView({ block: "nearest" });
      if (what === "note") field.focus({ preventScroll: true });
    } else if (patience) setTimeout(() => showCard(what, patience - 1), 200);
  }

  function keyed(event) {
    if (state.view !== "text" || event.ctrlKey || event.altKey || event.metaKey) return;
    const now = Number(event.target.closest?.("[data-sentence]")?.dataset.sentence ?? -1);
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by) {
      const next = now < 0 ? state.place : Math.min(Math.max(0, now + by), state.sentences.length - 1);
      state.sentences[next].focus({ preventScroll: true });
      const [own, view] = [state.sentences[next], sheet].map((e) => e.getBoundingClientRect());
      if (own.top < view.top || own.bottom > view.bottom) scrollTo(state.sentences[next], true);
      if (event.shiftKey) {
        const numbers = new Set([...state.chosen.map(([number]) => number), Math.max(0, now), next]);
        state.chosen = [...numbers].sort((a, b) => a - b).map((number) => whole(state.sentences, number));
        redraw();
      }
    } else if ((event.key === "Enter" || event.key === " ") && now >= 0) {
      if (!state.chosen.length) state.chosen = [whole(state.sentences, now)];
      redraw();
      one("bar").querySelector("button").focus();
    } else return;
    event.preventDefault();
  }

  function escape(event) {
    if (event.key !== "Escape" || !state.chosen.length || document.querySelector("[role=dialog]")) return;
    act("");
  }
}
