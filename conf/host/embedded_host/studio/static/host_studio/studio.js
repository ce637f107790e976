/* What Studio does when a block's editor reports: leave the page after saving or cancelling, show an error in words. */
(function () {
  "use strict";

  const editor = document.getElementById("studio-editor");
  const status = document.getElementById("studio-editor-status");

  function say(text, isBad) {
    status.textContent = text;
    status.classList.toggle("is-bad", isBad);
  }

  function leave() {
    window.location.assign(editor.dataset.back);
  }

  document.addEventListener("xblock:cancel", leave);
  document.addEventListener("xblock:save", (event) => {
    const { data } = event.detail;
    if (data && data.state === "end") leave();
    else say(status.dataset.saving, false);
  });
  document.addEventListener("xblock:error", (event) => {
    const data = event.detail.data || {};
    say([data.title, data.message || data.msg].filter(Boolean).join(" ") || status.dataset.failed, true);
  });
})();
