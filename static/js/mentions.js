// Whom does "@" mean? Typing it in a note offers the colleagues who may see the record; without
// this script a user name typed by hand means the same.

const QUIET_MS = 120;
let list, field, at, timer;

function close() {
  clearTimeout(timer);
  list?.remove();
  list = null;
  field?.removeAttribute("aria-activedescendant");
}

function choose(option) {
  const name = `@${option.dataset.name} `;
  field.setRangeText(name, at, field.selectionStart, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  close();
  field.focus();
}

function mark(option) {
  for (const one of list.children) one.setAttribute("aria-selected", String(one === option));
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

async function offer(text) {
  const asked = field;
  const answer = await fetch(`${field.dataset.mentions}?q=${encodeURIComponent(text)}`);
  const { results } = answer.ok ? await answer.json() : { results: [] };
  if (asked !== field || typed() !== text) return; // typed on meanwhile
  close();
  if (!results.length) return;
  list = document.createElement("ul");
  list.className = "mention-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", gettext("Colleagues"));
  list.append(...results.map((person, index) => {
    const option = document.createElement("li");
    option.id = `mention-${index}`;
    option.className = "menu-item";
    option.dataset.name = person.id;
    option.setAttribute("role", "option");
    option.textContent = person.text;
    return option;
  }));
  field.after(list);
  mark(list.firstElementChild);
}

// What stands between the last "@" and the cursor; null outside of a mention.
function typed() {
  const found = /(?:^|[^\w@])@([^\s@]{0,30})$/.exec(field.value.slice(0, field.selectionStart));
  if (!found) return null;
  at = field.selectionStart - found[1].length - 1;
  return found[1];
}

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-mentions]")) return;
  field = event.target;
  clearTimeout(timer);
  const text = typed();
  if (text === null) close();
  else timer = setTimeout(offer, QUIET_MS, text);
});
document.addEventListener("keydown", (event) => {
  if (!list || event.target !== field) return;
  const options = [...list.children];
  const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") mark(options[(now + 1) % options.length]);
  else if (event.key === "ArrowUp") mark(options.at(now - 1));
  else if (["Enter", "Tab"].includes(event.key) && !event.ctrlKey) choose(options[now]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
});
document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.(".mention-list > li");
  if (option) {
    event.preventDefault();
    choose(option);
  } else close();
});
