/* A first name for a chapter, made of the words above it while they are typed. It is only a suggestion: as soon as
   somebody writes a name of their own, the words leave it alone. The server makes the same one without this. */
const form = document.querySelector("[data-suggest]");
const name = form?.elements.namedItem("name");
const parts = ["audience", "core_value", "tone"];

function suggest() {
  const words = Object.fromEntries(parts.map((part) => [part, form.elements.namedItem(part).value.trim()]));
  if (!parts.every((part) => words[part])) {
    return "";
  }
  const text = form.dataset.suggest.replace(/\{(\w+)\}/g, (_all, part) => words[part]);
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return whole.length <= name.maxLength ? whole : "";
}

/* Who never told the platform where they are has UTC: the browser knows better. */
const zone = form?.elements.namedItem("zone");
if (zone?.value === "UTC") {
  zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

if (name) {
  let made = "";
  form.addEventListener("input", (event) => {
    if (!parts.includes(event.target.name) || name.value !== made) {
      return;
    }
    made = suggest();
    name.value = made;
  });
}
