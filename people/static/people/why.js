/* Reasons ("Why +10?") are <details> and work without this. With it, one is open at a time, and Escape or a press
   elsewhere closes it; Escape gives the focus back to the question. Loading it twice does nothing. */
(function () {
  "use strict";
  if (document.csWhy) {
    return;
  }
  document.csWhy = true;

  function opened() {
    return Array.from(document.querySelectorAll(".cs-root details.cs-why[open]"));
  }

  document.addEventListener("toggle", (event) => {
    const why = event.target;
    if (why instanceof HTMLDetailsElement && why.matches(".cs-root .cs-why") && why.open) {
      opened().filter((other) => other !== why && !other.contains(why)).forEach((other) => { other.open = false; });
    }
  }, true);

  document.addEventListener("pointerdown", (event) => {
    opened()
      .filter((why) => why.matches(".cs-why--float") && !why.contains(event.target))
      .forEach((why) => { why.open = false; });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !(event.target instanceof Element)) {
      return;
    }
    const why = event.target.closest(".cs-root details.cs-why[open]");
    if (why) {
      why.open = false;
      why.querySelector("summary").focus({ preventScroll: true });
    }
  });
})();
