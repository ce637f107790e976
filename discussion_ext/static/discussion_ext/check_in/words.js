/* Sentences from the page, with numbers and names put where {n} and {m} stand. */
export function fill(text, n, m) {
  return text.replaceAll("{n}", () => String(n)).replaceAll("{m}", () => String(m));
}
