// How does what somebody types survive a lost network and a closed tab? Kept in this browser, by form and person,
// until it was saved. The draft keeps the form's token: sent again after a lost answer it is saved once.

const PREFIX = "gonghai:draft:";
const OLDEST = 7 * 24 * 3600 * 1000;
const person = document.querySelector("[data-person]")?.dataset.person;
const keyOf = (form) => `${PREFIX}${person}:${form.dataset.draft}`;
const parts = (form) => [...form.elements].filter((one) => one.name && one.type !== "file" && one.name !== "csrfmiddlewaretoken");

function kept() {
  return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
}

// Whoever signs out leaves nothing behind; what is old is forgotten.
for (const key of kept()) {
  try {
    if (!person || Date.now() - JSON.parse(localStorage[key]).at > OLDEST) localStorage.removeItem(key);
  } catch {
    localStorage.removeItem(key);
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (!form) return;
  const values = parts(form).map((one) => [one.name, one.type === "radio" || one.type === "checkbox" ? one.value : "", one.type === "radio" || one.type === "checkbox" ? one.checked : one.value]);
  try {
    localStorage[keyOf(form)] = JSON.stringify({ at: Date.now(), values });
  } catch {
    // A full or forbidden store: the form works as any other.
  }
});

function restore(form) {
  // A form that comes back with errors holds what was typed already.
  const text = localStorage[keyOf(form)];
  if (!text || "restored" in form.dataset || form.querySelector(".is-invalid, [role=alert]")) return;
  form.dataset.restored = "";
  const { values } = JSON.parse(text);
  const rows = Math.max(0, ...values.map(([name]) => Number(/^todo-(\d+)-/.exec(name)?.[1] ?? 0)));
  for (let row = form.querySelectorAll("[data-rows] > *").length; row <= rows; row++) form.querySelector("[data-add-row]")?.click();
  for (const [name, value, state] of values) {
    for (const one of parts(form).filter((part) => part.name === name)) {
      if (one.type === "radio" || one.type === "checkbox") {
        if (one.value === value) one.checked = state;
      } else if (!name.endsWith("_FORMS")) one.value = state;
    }
  }
  form.dataset.dirty = "";
  for (const fold of form.querySelectorAll("details")) if ([...fold.querySelectorAll("textarea")].some((one) => one.value)) fold.open = true;
  const line = document.createElement("p");
  line.className = "draft-line";
  line.textContent = `${gettext("What you typed before is here again.")} `;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn-link-plain";
  button.textContent = gettext("Begin anew");
  button.addEventListener("click", () => {
    localStorage.removeItem(keyOf(form));
    form.reset();
    delete form.dataset.dirty;
    line.remove();
  });
  line.append(button);
  form.prepend(line);
}

const restoreIn = (inside) => inside.querySelectorAll("form[data-draft]").forEach(restore);
document.addEventListener("gonghai:added", (event) => restoreIn(event.detail));
restoreIn(document);

// Saved means: the server led on to another page. In a dialog that is told by an event, else by the address after it.
document.addEventListener("gonghai:saved", (event) => localStorage.removeItem(keyOf(event.detail)));
document.addEventListener("submit", (event) => {
  if (event.target.matches?.("form[data-draft]")) sessionStorage[`${PREFIX}sent`] = JSON.stringify([keyOf(event.target), location.pathname]);
});
const sent = sessionStorage[`${PREFIX}sent`];
if (sent) {
  const [key, path] = JSON.parse(sent);
  // Only a page of ours that is another one says that it was saved: an error page of the browser runs no script.
  if (path !== location.pathname) localStorage.removeItem(key);
  sessionStorage.removeItem(`${PREFIX}sent`);
}
