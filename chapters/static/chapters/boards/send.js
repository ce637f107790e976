/* Forms sent by script. The site answers with the place to go on to, or with the page that says why not. */
const PATIENCE = 30_000;

/** Send a form's fields. Returns {status, location, answer}; status 0 means that nothing arrived. */
export async function send(url, fields) {
  const options = { method: "POST", body: fields, credentials: "same-origin", cache: "no-store" };
  options.headers = { "X-Requested-With": "fetch" };
  options.signal = AbortSignal.timeout?.(PATIENCE);
  try {
    const answer = await fetch(url, options);
    return { status: answer.status, location: answer.headers.get("Location") ?? "", answer };
  } catch {
    return { status: 0, location: "", answer: null };
  }
}

/** Read an answer as JSON; what is none, as a sign-in page, is an empty one. */
export async function readJson(answer) {
  try {
    return await answer.json();
  } catch {
    return {};
  }
}

/** Read an answer as a page. */
export async function readPage(answer) {
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
