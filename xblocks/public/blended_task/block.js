/* Entry points of the blended task. Classic script, because the platform loads blocks that way; the work is done by
   modules. Every function receives the runtime, the block's element (or a jQuery of it) and the arguments of the view. */
(function () {
  "use strict";

  function begin(runtime, element, options) {
    const root = element instanceof Element ? element : element[0];
    // Whoever is faster than the module must not lose a text to the browser's own way of submitting.
    root.addEventListener("submit", (event) => event.preventDefault());
    import(options.module).then((module) => {
      module.start({ runtime, root, options });
      root.dataset.ready = "true";
    });
  }

  window.BlendedTaskBlock = begin;
  window.BlendedTaskStudio = begin;
  window.BlendedTaskPreview = function () {};
})();
