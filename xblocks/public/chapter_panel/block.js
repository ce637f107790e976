/* The chapters block in the browser. Learners need no script: the block holds links only. The author's form talks to
   Studio. The two functions are found by name by the XBlock runtime. */
(function () {
  "use strict";

  const plain = (element) => (element && element.jquery ? element[0] : element);

  /* Post an object and return [ok, answer]; throws only when there is no connection or no JSON. */
  async function post(url, token, data) {
    const response = await fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(data),
    });
    return [response.ok, await response.json()];
  }

  window.ChapterPanelXBlock = function () {};

  window.ChapterPanelStudio = function (runtime, element, data) {
    const root = plain(element);
    const form = root.querySelector("form");
    const summary = form.querySelector("[data-summary]");
    const line = form.querySelector("[data-status]");

    /* Show what is wrong at its field, and move to the summary above; without a mistake, take all of it away. */
    function mark(error) {
      form.querySelectorAll("[data-error]").forEach((place) => {
        const isWrong = Boolean(error) && place.dataset.error === error.field;
        place.textContent = isWrong ? error.message : "";
        form.elements[place.dataset.error].setAttribute("aria-invalid", String(isWrong));
      });
      summary.hidden = !error;
      if (error) {
        summary.querySelector("[data-summary-text]").textContent = error.field ? data.words.mistake : error.message;
        summary.focus({ preventScroll: true });
      }
    }

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      runtime.notify("save", { state: "start" });
      try {
        const values = Object.fromEntries(new FormData(form));
        const [ok, result] = await post(runtime.handlerUrl(root, "edit_panel"), data.csrfToken, values);
        mark(ok ? null : result.error);
        if (ok) {
          line.textContent = result.saved;
          runtime.notify("save", { state: "end" });
        } else {
          runtime.notify("save", { state: "failed" });
          runtime.notify("error", { title: data.words.mistake, message: result.error.message });
        }
      } catch {
        runtime.notify("error", { title: data.words.offline, message: data.words.offline });
        line.textContent = data.words.offline;
      }
    });

    form.querySelector("[data-cancel]").addEventListener("click", () => runtime.notify("cancel", {}));
    root.dataset.ready = "true";
  };
})();
