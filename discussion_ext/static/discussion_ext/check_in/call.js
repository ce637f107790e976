/* Requests as JSON. Status 0 means that there is no network: also where nothing answers for long, and where something
   on the way answers instead of the site, as the sign-in page of a wireless network does. */
const PATIENCE = 20_000;

/** Ask or, with `sent`, send. Returns {status, body}. */
export async function call(url, { sent, cookie, token } = {}) {
  const options = { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" };
  options.signal = AbortSignal.timeout?.(PATIENCE);
  if (sent !== undefined) {
    options.method = "POST";
    options.headers["Content-Type"] = "application/json";
    options.headers["X-CSRFToken"] = readCookie(cookie) || token;
    options.body = JSON.stringify(sent);
  }
  try {
    const answer = await fetch(url, options);
    const body = await answer.json();
    return answer.status >= 500 ? { status: 0, body: {} } : { status: answer.status, body };
  } catch {
    return { status: 0, body: {} };
  }
}

/** The site gives a new token when somebody signs in again, in another window too. */
function readCookie(name) {
  const found = document.cookie.split("; ").find((each) => each.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}
