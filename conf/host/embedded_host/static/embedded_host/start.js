/* Start the blocks of the page; the last script, so that theirs are loaded. */
document.addEventListener("DOMContentLoaded", () => window.HostRuntime.start(document));
