// How do forms spare people trouble? Typed text is not lost, nothing is sent twice, errors get the focus.

const added = (inside) => {
  for (const select of inside.querySelectorAll("select[data-enhance]:not(.tomselected)")) enhance(select);
};

// --- typed text is not lost --------------------------------------------------------------------------

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) form.dataset.dirty = "";
});
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-guard][data-dirty]:not([data-sent])")) event.preventDefault();
});

// --- nothing is sent twice -----------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  event.submitter?.setAttribute("aria-busy", "true");
});
const again = (form) => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
};
// Coming back by the browser's button finds the form ready again; so does an answer swapped in place.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(again));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-sent]");
  if (form) again(form);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("form");
  if (form) form.requestSubmit(form.querySelector(".btn-primary, [type=submit]"));
});

// --- the same company twice: looked up while one types -------------------------------------------------

const IDENTIFIES = /^(name|company|person|code|country|kind|website|email|phone|whatsapp|wechat|points-\d+-(kind|value)|contact-(email|mobile|phone|whatsapp|wechat))$/;
let pause;
for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const panel = document.getElementById("conflicts");
    if (!panel || !IDENTIFIES.test(event.target.name ?? "")) return;
    clearTimeout(pause);
    pause = setTimeout(() => htmx.trigger(panel, "check"), 400);
  });
}

// --- small helps ---------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-for]");
  if (!button) return;
  const field = document.getElementById(button.dataset.showFor);
  const hidden = field.type === "password";
  field.type = hidden ? "text" : "password";
  button.textContent = hidden ? gettext("Hide") : gettext("Show");
  button.setAttribute("aria-pressed", String(hidden));
});

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    if (!document.execCommand("copy")) return; // without https there is only the old way
  }
  button.textContent = gettext("Copied");
});

// One more line of a form set: the template's __prefix__ becomes the next number.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  if (!button) return;
  const set = button.closest("[data-form-set]");
  const total = set.querySelector("[name$=TOTAL_FORMS]");
  const blank = set.querySelector("template").innerHTML.replaceAll("__prefix__", total.value);
  set.querySelector("[data-rows]").insertAdjacentHTML("beforeend", blank);
  total.value = Number(total.value) + 1;
  const row = set.querySelector("[data-rows]").lastElementChild;
  added(row);
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
});

for (const zone of document.querySelectorAll(".drop-zone")) {
  const field = zone.querySelector("input[type=file]");
  for (const name of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle("is-over", name === "dragover");
      if (name === "drop") field.files = event.dataTransfer.files;
    });
  }
}

// --- long selects: searched by typing, loaded only where a page has one -----------------------------------

let library;
function loaded() {
  library ??= new Promise((done) => {
    const { selectScript, selectStyle } = document.querySelector("meta[name=htmx-config]").dataset;
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: selectStyle });
    const script = Object.assign(document.createElement("script"), { src: selectScript, onload: done });
    document.head.querySelector("link[rel=stylesheet]").after(style);
    document.head.append(script);
  });
  return library;
}

async function enhance(select) {
  await loaded();
  if (select.tomselect) return;
  const remote = select.dataset.url;
  const box = new TomSelect(select, {
    allowEmptyOption: !select.multiple,
    maxOptions: 300,
    plugins: select.multiple ? ["remove_button"] : [],
    render: { no_results: () => Object.assign(document.createElement("div"), { className: "no-results", textContent: gettext("Nothing found") }) },
    ...(remote && {
      valueField: "id",
      labelField: "text",
      searchField: [],
      load: (text, done) => fetch(`${remote}?q=${encodeURIComponent(text)}`).then((answer) => answer.json()).then((data) => done(data.results)).catch(() => done()),
    }),
  });
  // The library leaves the hidden select and its list without a name.
  const name = document.querySelector(`label[for="${select.id}"], label[for="${select.id}-ts-control"]`)?.textContent.trim() || select.getAttribute("aria-label") || "";
  select.setAttribute("aria-label", name);
  box.control_input.setAttribute("aria-label", name);
  box.dropdown_content.setAttribute("aria-label", name);
}

added(document);
document.addEventListener("htmx:load", (event) => added(event.target));
document.addEventListener("gonghai:added", (event) => added(event.detail));
document.querySelector("main .save-bar .notice-bad")?.scrollIntoView({ block: "nearest" });
document.querySelector("main .is-invalid")?.focus();

// --- a part of a form that a tick opens ----------------------------------------------------------------

document.addEventListener("change", (event) => {
  const fold = event.target.closest?.("details[data-fold]");
  if (fold && event.target.name === fold.dataset.fold) fold.open = event.target.checked;
});
