/* Talk to the block's handlers: JSON out, JSON in, one shape of error. */

export class CallError extends Error {
  constructor(error, status) {
    super(error.message);
    this.code = error.code ?? "";
    this.field = error.field ?? "";
    this.fields = error.fields ?? [];
    this.status = status;
  }

  /** True when the server was not reached, so that what was typed is only on this device. */
  get isOffline() {
    return this.status === 0;
  }
}

function csrfToken() {
  const pair = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return pair ? decodeURIComponent(pair.slice("csrftoken=".length)) : "";
}

/** Return a function that posts to ``handler``; its last word is the act's name. ``person``: whose page this is. */
export function caller(runtime, root, handler, failure, person) {
  const whose = person ? { "X-Community-Person": String(person) } : {};
  return async (act, data = {}, { keepalive = false } = {}) => {
    let response;
    try {
      response = await fetch(runtime.handlerUrl(root, handler, act), {
        method: "POST",
        credentials: "same-origin",
        keepalive,
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken(), ...whose },
        body: JSON.stringify(data),
      });
    } catch {
      throw new CallError({ message: failure.offline, code: "offline" }, 0);
    }
    const answer = await response.json().catch(() => null);
    if (response.ok && answer) return answer;
    const isOut = response.redirected || [401, 403].includes(response.status); // to the sign-in page, or a stale token
    const [code, message] = isOut ? ["signed_out", failure.signed_out] : ["broken", failure.broken];
    throw new CallError(answer?.error ?? { message, code }, response.status);
  };
}
