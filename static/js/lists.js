// How does one work through a list? Select rows, act on many, move by keyboard, come back to the place.

const rows = () => [...document.querySelectorAll(".list-table tbody tr")];
const boxes = (list) => [...list.querySelectorAll(".col-check input[name]")];

// --- selection: the bar appears with the first row -------------------------------------------------

function count(list) {
  const all = boxes(list);
  const chosen = all.filter((box) => box.checked);
  const bar = list.querySelector("[data-bulk-bar]");
  const head = list.querySelector("[data-check-all]");
  if (head) {
    head.checked = all.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && !head.checked;
  }
  if (!bar) return;
  bar.hidden = chosen.length === 0;
  bar.querySelector("[data-bulk-count]").textContent = chosen.length;
  const whole = bar.querySelector("[data-select-all]");
  if (whole) {
    whole.hidden = chosen.length < all.length;
    whole.setAttribute("aria-pressed", "false");
    bar.querySelector("[name=all]").value = "";
  }
}

const countAll = () => document.querySelectorAll("[data-list]").forEach(count);
countAll(); // a browser may restore ticks
document.addEventListener("htmx:afterSettle", countAll); // ticked rows may have been replaced

let last = null;
document.addEventListener("click", (event) => {
  const list = event.target.closest("[data-list]");
  if (!list) return;
  if (event.target.matches("[data-check-all]")) for (const box of boxes(list)) box.checked = event.target.checked;
  if (event.target.matches(".col-check input[name]")) {
    const all = boxes(list);
    if (event.shiftKey && last) {
      const [from, to] = [all.indexOf(last), all.indexOf(event.target)].sort((a, b) => a - b);
      for (const box of all.slice(Math.max(from, 0), to + 1)) box.checked = event.target.checked;
    }
    last = event.target;
  }
  if (event.target.closest("[data-bulk-clear]")) for (const box of boxes(list)) box.checked = false;
  const whole = event.target.closest("[data-select-all]");
  if (event.target.matches(".col-check input") || event.target.closest("[data-bulk-clear]")) count(list);
  if (whole) {
    whole.setAttribute("aria-pressed", "true");
    list.querySelector("[data-bulk-bar] [name=all]").value = "1";
    list.querySelector("[data-bulk-count]").textContent = whole.dataset.count;
  }
});

// --- keyboard --------------------------------------------------------------------------------------

document.addEventListener("gonghai:row", (event) => {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("is-current"));
  const row = all[at];
  const go = (next) => {
    row?.classList.remove("is-current");
    next.classList.add("is-current");
    next.querySelector("a, .col-check input")?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  if (event.detail === "next") go(all[Math.min(at + 1, all.length - 1)]);
  if (event.detail === "previous") go(all[Math.max(at - 1, 0)]);
  if (event.detail === "select") row?.querySelector(".col-check input")?.click();
  if (event.detail === "open") row?.querySelector(".col-name a, a")?.click();
  if (event.detail === "claim" && row?.querySelector(".claim")) {
    row.querySelector(".claim").click();
    go(all[at + 1] ?? row); // its own row is answered and replaced
    event.preventDefault();
  }
  const edit = row?.closest("[data-edit]")?.dataset.edit;
  if (event.detail === "edit" && edit) {
    location.assign(`${row.querySelector(".col-name a").href}${edit}`);
    event.preventDefault();
  }
  if (event.detail === "edit" && row?.querySelector("[data-edit]")) {
    row.querySelector("[data-edit]").click();
    event.preventDefault();
  }
});

// --- the place: coming back by any link stands where one left ----------------------------------------

const place = `place:${location.pathname}${location.search}`;
const list = document.querySelector("[data-list]");
if (list) {
  const kept = JSON.parse(sessionStorage.getItem(place) ?? "null");
  if (kept) {
    sessionStorage.removeItem(place);
    rows().find((row) => row.querySelector(".col-name a, a")?.getAttribute("href") === kept.row)?.classList.add("is-current");
    if (!location.hash) scrollTo(0, kept.top);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".list-table tbody a[href]");
    if (!link) return;
    sessionStorage.setItem(place, JSON.stringify({ top: scrollY, row: link.getAttribute("href") }));
    // The record's way back leads to this very page of this very view.
    sessionStorage.setItem(`back:${location.pathname}`, location.search);
  });
}
for (const link of document.querySelectorAll(".crumbs a[data-list-link]")) {
  link.search = sessionStorage.getItem(`back:${link.pathname}`) ?? link.search;
}

// --- tabs: the present one is in sight, however narrow the screen ------------------------------------

const reveal = () => {
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const strip = tab.parentElement;
    if (tab.offsetLeft + tab.offsetWidth > strip.clientWidth) strip.scrollLeft = tab.offsetLeft - 16;
  }
};
reveal();
document.addEventListener("htmx:afterSettle", reveal);

// --- columns: checked ones in their order, as one word ------------------------------------------------

document.addEventListener("click", (event) => {
  const up = event.target.closest("[data-move-up]");
  if (!up) return;
  const line = up.closest("li");
  line.previousElementSibling?.before(line);
  up.focus();
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-columns]")) return;
  const chosen = [...event.target.querySelectorAll("[name=col]")];
  event.target.querySelector("[name=cols]").value = chosen.filter((box) => box.checked).map((box) => box.value).join(",");
  for (const box of chosen) box.disabled = true;
});
