// The readable text: sentences in which marks are drawn, and what the reader chooses of them.

// Offsets from Python count Unicode characters; JavaScript's count UTF-16 units.
const count = (text) => [...text].length;

function drawText(root, blocks) {
  let number = 0;
  root.replaceChildren(
    ...blocks.map(([kind, words]) => {
      const element = document.createElement(kind === "heading" ? "h3" : "p");
      element.className = `qa-reader-${kind}`;
      if (kind === "heading") element.textContent = words;
      else
        for (const sentence of words) {
          const span = document.createElement("span");
          span.dataset.sentence = number++;
          span.tabIndex = -1;
          span.textContent = sentence;
          element.append(span, " ");
        }
      return element;
    }),
  );
}

// Draw what is marked in each sentence: [number, start, end, class] of each part.
function drawMarks(sentences, parts, drawn) {
  const bySentence = new Map();
  for (const part of parts) bySentence.set(part[0], [...(bySentence.get(part[0]) ?? []), part]);
  for (const number of new Set([...drawn.keys(), ...bySentence.keys()])) {
    const own = bySentence.get(number) ?? [];
    const now = JSON.stringify(own);
    if (!sentences[number] || (drawn.get(number) ?? "[]") === now) continue;
    drawn.set(number, now);
    sentences[number].replaceChildren(...pieces(sentences[number].textContent, own));
  }
}

function pieces(text, parts) {
  const characters = [...text];
  const cuts = new Set([0, characters.length]);
  for (const [, start, end] of parts) cuts.add(start).add(end);
  const sorted = [...cuts].filter((at) => at <= characters.length).sort((a, b) => a - b);
  return sorted.slice(0, -1).map((from, i) => {
    const words = characters.slice(from, sorted[i + 1]).join("");
    const classes = parts.filter(([, start, end]) => start <= from && end > from).map((part) => part[3]);
    if (!classes.length) return document.createTextNode(words);
    const mark = document.createElement("mark");
    mark.className = classes.join(" ");
    mark.textContent = words;
    return mark;
  });
}

// The parts of sentences that a selection covers.
function selected(sentences, range) {
  const parts = [];
  for (const [number, sentence] of sentences.entries()) {
    if (!range.intersectsNode(sentence)) continue;
    const inside = document.createRange();
    inside.selectNodeContents(sentence);
    const before = document.createRange();
    before.selectNodeContents(sentence);
    if (inside.compareBoundaryPoints(Range.START_TO_START, range) < 0) {
      inside.setStart(range.startContainer, range.startOffset);
      before.setEnd(range.startContainer, range.startOffset);
    } else before.collapse(true);
    if (inside.compareBoundaryPoints(Range.END_TO_END, range) > 0) inside.setEnd(range.endContainer, range.endOffset);
    const words = inside.toString();
    const start = count(before.toString());
    if (words.trim()) parts.push([number, start, start + count(words)]);
  }
  return parts;
}

const whole = (sentences, number) => [number, 0, count(sentences[number].textContent)];
