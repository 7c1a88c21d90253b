// How do menus, the theme switch and "back" behave? Menus are <details class="menu">: they open
// without this script, which adds closing, arrow keys and one open menu at a time.

const openMenus = () => document.querySelectorAll("details.menu[open]");
const itemsOf = (menu) => [...menu.querySelectorAll(".menu-panel :is(a[href], button, input, select)")].filter((item) => !item.disabled && item.type !== "hidden");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details.menu") || !event.target.open) return;
  for (const menu of openMenus()) if (menu !== event.target && !menu.contains(event.target)) menu.open = false;
}, true);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu");
  if (event.key === "Escape") {
    const open = menu?.open ? menu : openMenus()[0];
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
    event.preventDefault();
  }
  if (!menu?.open || !["ArrowDown", "ArrowUp"].includes(event.key) || event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  const items = itemsOf(menu);
  const at = items.indexOf(document.activeElement);
  const step = event.key === "ArrowDown" ? 1 : -1;
  items.at(at < 0 ? (step > 0 ? 0 : -1) : (at + step) % items.length)?.focus();
  event.preventDefault();
});

// Colours change at once; the server is told, so that other devices and pages know.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-theme-form]") || !event.submitter) return;
  event.preventDefault();
  const { value } = event.submitter;
  document.documentElement.dataset.themeChoice = value;
  for (const one of document.querySelectorAll('.sheet-choices [name="theme"]')) one.ariaPressed = one.value === value;
  document.dispatchEvent(new Event("gonghai:theme"));
  fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), redirect: "manual" });
  form.closest("details").open = false;
  event.submitter.closest("[popover]")?.hidePopover();
});

document.addEventListener("click", (event) => {
  const back = event.target.closest("[data-back]");
  if (!back || history.length < 2 || !document.referrer.startsWith(location.origin)) return;
  event.preventDefault();
  history.back();
});
for (const back of document.querySelectorAll("[data-back][hidden]")) back.hidden = !document.referrer.startsWith(location.origin);
