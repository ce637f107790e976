/* The page's side of the XBlock runtime, under the platform's names: LmsRuntime and StudioRuntime of version 1.
   Needs jQuery. Blocks are started by start.js once their own scripts are loaded. */
(function () {
  "use strict";

  function cookie(name) {
    const found = document.cookie.split("; ").find((each) => each.startsWith(name + "="));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }

  function isOurs(url) {
    return new URL(url, location.href).origin === location.origin;
  }

  jQuery.ajaxSetup({
    beforeSend(request, options) {
      if (!/^(GET|HEAD|OPTIONS)$/i.test(options.type) && isOurs(options.url)) {
        request.setRequestHeader("X-CSRFToken", cookie("csrftoken"));
      }
    },
  });

  const ELEMENT = ".xblock, .xblock-v1";

  function elementOf(thing) {
    const element = thing && thing.jquery ? thing[0] : thing;
    return element && element.closest ? element.closest("[data-handler-base]") : null;
  }

  class Runtime {
    constructor(element, children) {
      this.element = element;
      this._children = children;
      this._listeners = new Map();
    }

    handlerUrl(element, handler, suffix, query) {
      const root = elementOf(element) || this.element;
      let url = root.dataset.handlerBase + handler;
      if (suffix) url += "/" + suffix;
      if (query) url += "?" + query;
      return url;
    }

    children() {
      return this._children;
    }

    childMap(block, name) {
      return this._children.find((child) => child && child.name === name);
    }

    notify(name, data) {
      (this._listeners.get(name) || []).forEach((listener) => listener(data));
      document.dispatchEvent(new CustomEvent("xblock:" + name, { detail: { element: this.element, data } }));
    }

    listenTo(name, listener) {
      this._listeners.set(name, [...(this._listeners.get(name) || []), listener]);
    }

    refreshXBlock() {
      location.reload();
    }

    static start(element) {
      if (element.dataset.started) return element.xblock;
      element.dataset.started = "true";
      const children = [...element.querySelectorAll(ELEMENT)]
        .filter((child) => child.parentElement.closest(ELEMENT) === element)
        .map((child) => Runtime.start(child));
      const make = window[element.dataset.init];
      if (typeof make !== "function") return null;
      const json = element.querySelector(":scope > script.xblock-json-init-args");
      const block = make(new Runtime(element, children), element, json ? JSON.parse(json.textContent) : undefined) || {};
      block.element = element;
      block.name = element.dataset.name;
      element.xblock = block;
      return block;
    }

    static startAll(root) {
      [...root.querySelectorAll(ELEMENT)]
        .filter((element) => !element.parentElement.closest(ELEMENT))
        .forEach((element) => Runtime.start(element));
    }
  }

  function watchViewing(root, delay) {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const element = entry.target;
        clearTimeout(element.viewingTimer);
        if (entry.isIntersecting) element.viewingTimer = setTimeout(() => report(element), delay);
      }
    });
    function report(element) {
      seen.unobserve(element);
      fetch(element.dataset.handlerBase + "publish_completion", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") },
        body: JSON.stringify({ completion: 1.0 }),
      });
    }
    root.querySelectorAll("[data-completable-by-viewing]").forEach((element) => seen.observe(element));
  }

  const delay = Number(document.currentScript.dataset.viewingDelay);
  window.LmsRuntime = window.StudioRuntime = { v1: Runtime };
  window.XBlock = { initializeBlocks: (root) => Runtime.startAll(root.jquery ? root[0] : root) };
  window.HostRuntime = {
    start(root) {
      Runtime.startAll(root);
      if (delay) watchViewing(root, delay);
    },
  };
})();
