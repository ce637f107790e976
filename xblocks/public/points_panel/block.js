/* The points block in the browser. Everything is readable and the choice can be posted without this; with it, the choice
   is saved in place and the author's form talks to Studio. The two functions are found by name by the XBlock runtime. */
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

  /* Say something in the line that was kept free for it. */
  function say(line, text, kind) {
    line.classList.toggle("cs-status--ok", kind === "ok");
    line.classList.toggle("cs-status--bad", kind === "bad");
    line.textContent = text;
  }

  /* Keep a button's width while it is busy, and let nobody press it twice. */
  function busy(button, isBusy) {
    button.setAttribute("aria-disabled", String(isBusy));
    button.classList.toggle("is-busy", isBusy);
  }

  window.PointsPanelXBlock = function (runtime, element, data) {
    const root = plain(element);
    const form = root.querySelector("[data-name-choice]");
    if (!form || !data) {
      return;
    }
    const line = form.querySelector("[data-status]");
    const button = form.querySelector("button[type=submit]");

    /* The board follows the choice once it is committed, so it is asked for afterwards. */
    async function refresh() {
      const place = root.querySelector("[data-place]");
      if (!place) {
        return;
      }
      const [ok, result] = await post(runtime.handlerUrl(root, "show_place"), data.csrfToken, {});
      if (ok) {
        place.innerHTML = result.html;
      }
    }

    async function save() {
      try {
        const choice = new FormData(form).get("choice");
        const [ok, result] = await post(runtime.handlerUrl(root, "choose_name"), data.csrfToken, { choice });
        if (!ok) {
          return say(line, result.error.message, "bad");
        }
        say(line, result.saved, "ok");
        return refresh();
      } catch {
        return say(line, data.words.offline, "bad");
      }
    }

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (button.getAttribute("aria-disabled") === "true") {
        return;
      }
      busy(button, true);
      const slow = setTimeout(() => say(line, data.words.saving), 400);
      await save();
      clearTimeout(slow);
      busy(button, false);
    });
  };

  window.PointsPanelStudio = function (runtime, element, data) {
    const root = plain(element);
    const form = root.querySelector("form");
    const summary = form.querySelector("[data-summary]");
    const line = form.querySelector("[data-status]");

    function values() {
      const fields = new FormData(form);
      return {
        display_name: fields.get("display_name"),
        latest_count: fields.get("latest_count"),
        has_board: fields.has("has_board"),
      };
    }

    function mark(error) {
      form.querySelectorAll("[data-error]").forEach((place) => {
        const isWrong = Boolean(error) && place.dataset.error === error.field;
        place.textContent = isWrong ? error.message : "";
        const input = form.elements[place.dataset.error];
        input.setAttribute("aria-invalid", String(isWrong));
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
        const [ok, result] = await post(runtime.handlerUrl(root, "edit_panel"), data.csrfToken, values());
        mark(ok ? null : result.error);
        if (ok) {
          say(line, result.saved, "ok");
          runtime.notify("save", { state: "end" });
        } else {
          runtime.notify("save", { state: "failed" });
          runtime.notify("error", { title: data.words.mistake, message: result.error.message });
        }
      } catch {
        runtime.notify("error", { title: data.words.offline, message: data.words.offline });
        say(line, data.words.offline, "bad");
      }
    });

    form.querySelector("[data-cancel]").addEventListener("click", () => runtime.notify("cancel", {}));
  };
})();
