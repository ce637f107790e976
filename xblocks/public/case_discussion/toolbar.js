/* A small Markdown toolbar: presses change the selection of a text area, arrow keys move between the buttons. */

const MARKS = {
  bold: { around: "**" },
  italic: { around: "_" },
  heading: { line: "## " },
  list: { line: "- " },
  quote: { line: "> " },
  link: { link: true },
};

export function startToolbar(toolbar, area) {
  const buttons = [...toolbar.querySelectorAll("button")];
  toolbar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-format]");
    if (button) apply(area, MARKS[button.dataset.format]);
  });
  toolbar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const isFlipped = getComputedStyle(toolbar).direction === "rtl";
    const now = buttons.indexOf(document.activeElement);
    const next = buttons[(now + (isFlipped ? -step : step) + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  });
}

function apply(area, mark) {
  if (mark.line) markLines(area, mark.line);
  else if (mark.link) replace(area, area.selectionStart, area.selectionEnd, (text) => [`[${text}](`, "https://", ")"]);
  else replace(area, area.selectionStart, area.selectionEnd, (text) => [mark.around, text, mark.around]);
}

function markLines(area, prefix) {
  const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const rest = area.value.indexOf("\n", area.selectionEnd);
  const until = rest === -1 ? area.value.length : rest;
  replace(area, from, until, (text) => {
    const lines = text.split("\n");
    const isMarked = lines.every((line) => line.startsWith(prefix));
    return ["", lines.map((line) => (isMarked ? line.slice(prefix.length) : prefix + line)).join("\n"), ""];
  });
}

/* execCommand keeps the browser's undo history, which setting .value would throw away. */
function replace(area, from, until, wrap) {
  const [before, text, after] = wrap(area.value.slice(from, until));
  area.focus();
  area.setSelectionRange(from, until);
  if (!document.execCommand("insertText", false, before + text + after)) {
    area.setRangeText(before + text + after, from, until);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  area.setSelectionRange(from + before.length, from + before.length + text.length);
}
