// Which keys do what? Single letters rest while somebody types; the sheet (?) lists them all.

const typing = (element) => element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const press = (selector) => {
  // The page's own act stands behind the shell's.
  const target = [...document.querySelectorAll(selector)].at(-1);
  if (!target) return false;
  target.click();
  return true;
};
const rowKey = (name) => document.dispatchEvent(new CustomEvent("gonghai:row", { detail: name, cancelable: true }));

const keys = {
  "/": () => {
    const field = document.querySelector("[data-search]");
    if (!field?.offsetParent) return press("[data-palette]");
    field.focus();
    return true;
  },
  c: () => {
    if (!rowKey("claim")) return true;
    const menu = document.getElementById("create");
    if (!menu) return false;
    menu.open = true;
    menu.querySelector(".menu-item")?.focus();
    return true;
  },
  "?": () => {
    document.getElementById("keys")?.showModal();
    return true;
  },
  j: () => rowKey("next"),
  k: () => rowKey("previous"),
  x: () => rowKey("select"),
  o: () => rowKey("open"),
  e: () => rowKey("edit") && press("[data-key=e]"),
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    document.dispatchEvent(new Event("gonghai:palette"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || document.querySelector("dialog[open]")) return;
  // Other letters belong to the page: any link or button may carry data-key.
  const act = keys[event.key] ?? (/^[a-z]$/.test(event.key) ? () => press(`[data-key="${event.key}"]`) : null);
  if (act?.()) event.preventDefault();
});
