// How is a value written in the row of a list? A cell's link (to …/set/…) fetches its small form into the cell: Enter keeps
// it, Escape leaves it, what is wrong is said in place. On a phone the form opens as a dialog. Without this script the
// link leads to a page with the same form.

const forms = () => document.querySelectorAll("[data-inline]");
const back = new WeakMap(); // cell → what stood in it

function open(link) {
  const cell = link.closest("td");
  leave();
  back.set(cell, cell.innerHTML);
  htmx.ajax("GET", link.href, { target: cell, swap: "innerHTML" }).then(() => {
    if (!cell.querySelector("[data-inline]")) return restore(cell);
    const field = cell.querySelector("input, select");
    field?.focus();
    field?.select?.();
  });
}

function restore(cell) {
  cell.innerHTML = back.get(cell) ?? cell.innerHTML;
  cell.querySelector(":scope > a")?.focus();
}

// A form that nobody wrote in goes when another one opens.
function leave() {
  for (const form of forms()) if (!("dirty" in form.dataset)) restore(form.closest("td"));
}

async function keep(form) {
  if ("sent" in form.dataset) return;
  form.dataset.sent = "";
  const cell = form.closest("td");
  const values = Object.fromEntries([...form.querySelectorAll("[name]")].map((field) => [field.name, field.value]));
  for (const field of form.querySelectorAll("[name]")) field.disabled = true;
  try {
    const answer = await fetch(form.dataset.inline, {
      method: "POST",
      headers: { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" },
      body: new URLSearchParams(values),
    });
    if (answer.status >= 500) throw new Error(answer.status);
    cell.innerHTML = await answer.text();
    (cell.querySelector("[aria-invalid=true], input, select") ?? cell.querySelector(":scope > a"))?.focus();
    const again = cell.querySelector("[data-inline]");
    if (again) again.dataset.dirty = "";
  } catch {
    delete form.dataset.sent;
    for (const field of form.querySelectorAll("[name]")) field.disabled = false;
    document.dispatchEvent(new CustomEvent("gonghai:toast", { detail: gettext("That did not work. Nothing was changed; please try again.") }));
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest('.list-table td > a[href*="/set/"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (matchMedia("(max-width: 767.98px)").matches) {
    // dialogs.js, which listens behind this, opens it.
    link.dataset.dialog = "";
    document.getElementById("dialog").dataset.from = link.href;
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  open(link);
}, true);

// Before the keys of the page, and before the form round the list is sent.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-inline]");
  if (!form) return;
  if (event.key === "Enter" && !event.isComposing) keep(form);
  else if (event.key === "Escape") restore(form.closest("td"));
  else return event.stopPropagation();
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-inline]");
  if (form) form.dataset.dirty = "";
});
// Whoever goes on to another place without having written anything leaves the cell as it was.
document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("[data-inline]");
  if (form && !("dirty" in form.dataset) && !form.contains(event.relatedTarget)) restoreQuietly(form.closest("td"));
});
function restoreQuietly(cell) {
  if (back.has(cell) && cell.querySelector("[data-inline]:not([data-sent])")) cell.innerHTML = back.get(cell);
}
addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-inline][data-dirty]:not([data-sent])")) event.preventDefault();
});
