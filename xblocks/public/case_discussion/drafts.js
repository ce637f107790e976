/* Keep what is being written: on the server after two seconds of quiet, on blur and on leaving; on the device meanwhile. */

const QUIET = 2000;

export function draftKeeper(view, form) {
  const area = form.elements.text;
  const line = form.querySelector("[data-saved]");
  const key = () => `${view.options.id}:${view.options.person}:${form.dataset.draftName}`;
  let saved = area.defaultValue;
  let timer = 0;
  let isPaused = false;

  async function save({ isLeaving = false } = {}) {
    clearTimeout(timer);
    if (isPaused || area.value === saved) return;
    const text = area.value;
    try {
      const answer = await view.call("draft", { name: form.dataset.draftName, text }, { keepalive: isLeaving });
      saved = text;
      if (area.value === text) forgetLocal(key());
      line.textContent = text.trim() ? view.options.words.saved.replace("{time}", answer.time) : "";
    } catch (error) {
      line.textContent = error.isOffline ? view.options.words.kept : error.message;
    }
  }

  area.addEventListener("input", () => {
    keepLocal(key(), area.value);
    clearTimeout(timer);
    timer = setTimeout(save, QUIET);
  });
  area.addEventListener("blur", () => save());
  const leave = () => {
    if (!area.isConnected) window.removeEventListener("pagehide", leave);
    else save({ isLeaving: true });
  };
  window.addEventListener("pagehide", leave);

  return {
    /** Bring back what only this device knows; true if there was something. */
    restore() {
      const kept = readLocal(key());
      if (kept === null) return false;
      timer = setTimeout(save, QUIET);
      if (kept === area.value) return false;
      area.value = kept;
      return true;
    },
    pause() {
      isPaused = true;
      clearTimeout(timer);
    },
    resume() {
      isPaused = false;
    },
    forget() {
      forgetLocal(key());
    },
  };
}

/* The session's store, not the device's: on a shared computer nothing is left when the tab is closed. */

function keepLocal(key, text) {
  try {
    sessionStorage.setItem(key, text);
  } catch {
    // a full or forbidden store only costs the copy on the device
  }
}

function readLocal(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function forgetLocal(key) {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // see keepLocal
  }
}
