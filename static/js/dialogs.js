// How does a page's form open in a dialog? A link marked data-dialog fetches the page it leads to
// and shows that page's form (or its [data-dialog-part]); without this script it is just a link.
// A redirect means done: the page behind is loaded again at the same place, or, with
// data-dialog="follow", the new one is opened, or, with data-dialog="stay", the answer is shown and the page
// behind, on which somebody types, is left alone. Anything else (errors, per-row results) is shown.

const dialog = document.getElementById("dialog");
let follow = "";
let changed = false;

const PARTS = ["[data-dialog-part]", "main .form-card", "main"];

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const part = PARTS.map((selector) => page.querySelector(selector)).find(Boolean) ?? page.body;
  const title = page.querySelector("h1")?.textContent.trim() ?? "";
  const head = document.createElement("div");
  head.className = "dialog-head";
  const heading = document.createElement("h2");
  heading.textContent = title;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-ghost btn-sm";
  close.dataset.close = "";
  close.textContent = gettext("Close");
  head.append(heading, close);
  dialog.setAttribute("aria-label", title);
  dialog.replaceChildren(head, document.adoptNode(part));
  if (!dialog.open) dialog.showModal();
  htmx.process(dialog);
  document.dispatchEvent(new CustomEvent("gonghai:added", { detail: dialog }));
  (dialog.querySelector(".is-invalid") ?? dialog.querySelector("form :is(input:not([type=hidden]), select, textarea)"))?.focus();
}

// The page behind shows what is now; a page that can do it by itself says so (gonghai:done).
function done() {
  changed = false;
  if (document.dispatchEvent(new CustomEvent("gonghai:done", { cancelable: true }))) location.reload();
  else dialog.close();
}

async function load(url, body, isFirst = !body) {
  if ("busy" in dialog.dataset) return; // pressed twice
  dialog.dataset.busy = "";
  try {
    const headers = { "X-In-Dialog": "1" }; // what is said on the next page stays unsaid here
    const answer = await fetch(url, body ? { method: "POST", body, headers } : { headers });
    if (answer.status >= 500) throw new Error(answer.status);
    if (body && answer.redirected) {
      dialog.querySelector("form")?.removeAttribute("data-guard");
      const kept = dialog.querySelector("form[data-draft]");
      if (kept) document.dispatchEvent(new CustomEvent("gonghai:saved", { detail: kept }));
      if (follow === "follow") location.assign(answer.url);
      else if (follow !== "stay") done();
      if (follow !== "stay") return;
    }
    changed ||= !isFirst && answer.ok && follow !== "stay";
    show(await answer.text());
  } catch {
    document.dispatchEvent(new CustomEvent("gonghai:toast", { detail: gettext("That did not work. Nothing was changed; please try again.") }));
  } finally {
    delete dialog.dataset.busy;
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    follow = link.dataset.dialog;
    changed = false;
    load(link.href);
  }
  const close = event.target.closest("dialog [data-close]");
  if (close) {
    event.preventDefault();
    close.closest("dialog").close();
  }
  // A tap beside a dialog closes it, unless something was typed.
  if (event.target.matches?.("dialog") && !event.target.querySelector("form[data-dirty]")) {
    const box = event.target.getBoundingClientRect();
    if (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom) event.target.close();
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const verb = event.submitter?.matches("[data-dialog-post]");
  if (event.defaultPrevented || (!verb && !dialog?.contains(form)) || form.matches("[hx-post], [data-plain]")) return;
  event.preventDefault();
  const action = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  if (verb) {
    follow = "";
    changed = false;
  }
  const url = new URL(action || dialog.dataset.from || location.href, location.href);
  dialog.dataset.from = url.href;
  load(url, new FormData(form, event.submitter), verb);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (link) dialog.dataset.from = link.href;
}, true);

dialog?.addEventListener("cancel", (event) => {
  if (dialog.querySelector("form[data-dirty]") && !confirm(gettext("Close and lose what you typed?"))) event.preventDefault();
});
dialog?.addEventListener("close", () => {
  document.body.append(document.getElementById("toasts"));
  dialog.replaceChildren();
  if (changed) done();
});
