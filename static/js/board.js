// How is a card moved on the board? Dragged to another stage, or by m, which asks for the stage; arrow keys go from card
// to card. A card that is dropped stands at its new place at once and goes back where the move is refused or asks for
// something, which its dialog does. Without this script each card has a button that leads to that form.

const board = document.getElementById("board");
const lists = () => [...board.querySelectorAll(".board-cards")];
const says = (text) => (document.getElementById("board-says").textContent = text);
const wide = () => !matchMedia("(max-width: 767.98px)").matches;

document.documentElement.classList.add("is-scripted");

// --- dropped ---------------------------------------------------------------------------------------------------

function putBack(card, from, before) {
  from.insertBefore(card, before);
  card.classList.remove("is-waiting");
}

function ask(path) {
  const link = Object.assign(document.createElement("a"), { href: path, hidden: true });
  link.dataset.dialog = "";
  document.body.append(link);
  link.click();
  link.remove();
}

// The parts of an answer stand in for those of the page that have their ids.
function take(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const part of page.querySelectorAll("[id]")) {
    const old = document.getElementById(part.id);
    if (!old || !board.contains(old) || !part.matches(".board-head, .deal")) continue;
    old.replaceWith(document.adoptNode(part));
    htmx.process(part);
    if (part.matches(".board-head")) {
      const count = document.querySelector(`[data-count-of="${part.id.slice("head-".length)}"]`);
      if (count) count.textContent = part.dataset.count;
    }
  }
}

async function drop(card, from, before, to) {
  const path = `/opportunities/${card.dataset.pk}/`;
  card.classList.add("is-waiting");
  try {
    const answer = await fetch(`${path}drop/`, {
      method: "POST",
      headers: { "X-CSRFToken": board.dataset.csrf, "HX-Request": "true" },
      body: new URLSearchParams({ to: to.dataset.stage, seen: from.dataset.stage, query: board.dataset.query }),
    });
    if (answer.ok) {
      take(await answer.text());
      says(gettext("Moved to %s").replace("%s", to.dataset.name));
      return;
    }
    putBack(card, from, before);
    if (answer.status === 422) ask(`${path}move/?to=${to.dataset.stage}`);
    else tell(answer);
  } catch {
    putBack(card, from, before);
    toast(gettext("That did not work. Nothing was changed; please try again."));
  }
}

const toast = (text) => document.dispatchEvent(new CustomEvent("gonghai:toast", { detail: text }));

// Refused: the reason is said, and the board is drawn as it is now, for somebody else may have moved the card.
async function tell(answer) {
  const told = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}").toast?.text;
  toast(told ?? gettext("That did not work. Nothing was changed; please try again."));
  if (answer.status === 409 || answer.status === 404) await refresh();
}

async function refresh() {
  const focused = document.activeElement?.closest?.(".deal")?.id;
  await htmx.ajax("GET", location.href, { target: "#board", select: "#board", swap: "innerHTML" });
  begin();
  document.getElementById(focused)?.querySelector(".deal-link").focus();
}

function begin() {
  if (!wide() || !window.Sortable) return show();
  const ends = document.querySelector(".board-ends");
  let before = null;
  const options = {
    group: "deals",
    draggable: ".deal",
    animation: 120,
    delay: 150,
    delayOnTouchOnly: true,
    onStart: ({ item }) => {
      before = item.nextElementSibling;
      ends.hidden = false;
    },
    onEnd: ({ item, from, to }) => {
      ends.hidden = true;
      if (to === from) return putBack(item, from, before); // within a stage the order is that of coming
      if (to.dataset.end) {
        putBack(item, from, before);
        ask(`/opportunities/${item.dataset.pk}/${to.dataset.end === "won" ? "win" : "lose"}/`);
      } else drop(item, from, before, to);
    },
  };
  for (const list of lists()) Sortable.get(list) ?? Sortable.create(list, options);
  for (const end of document.querySelectorAll("[data-end]")) Sortable.get(end) ?? Sortable.create(end, { group: "deals", draggable: ".deal" });
  show();
}

// A dialog of this board that ended well: only the board is drawn anew.
document.addEventListener("gonghai:done", (event) => {
  event.preventDefault();
  refresh();
});

// --- keys --------------------------------------------------------------------------------------------------------

const links = (list) => [...list.querySelectorAll(".deal-link")];
function beside(link, key) {
  const all = lists().filter((list) => list.querySelector(".deal-link"));
  const list = link.closest(".board-cards");
  const [column, row] = [all.indexOf(list), links(list).indexOf(link)];
  if (key === "ArrowDown" || key === "ArrowUp") return links(list)[row + (key === "ArrowDown" ? 1 : -1)];
  const next = all[column + (key === "ArrowRight" ? 1 : -1)];
  return next && (links(next)[row] ?? links(next).at(-1));
}

// Before the keys of the page: m moves the card that has the focus.
document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.(".deal-link");
  if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "m") ask(`/opportunities/${link.closest(".deal").dataset.pk}/move/`);
  else if (event.key.startsWith("Arrow")) beside(link, event.key)?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// --- phone: one stage at a time ----------------------------------------------------------------------------------

function show(id = location.hash.slice(1)) {
  const all = [...board.querySelectorAll(".board-column")];
  const shown = all.find((column) => column.id === id) ?? all.find((column) => column.querySelector(".deal")) ?? all[0];
  for (const column of all) column.classList.toggle("is-shown", column === shown);
  for (const tab of document.querySelectorAll(".board-tabs a")) {
    if (tab.hash === `#${shown?.id}`) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}
document.addEventListener("click", (event) => {
  const tab = event.target.closest(".board-tabs a");
  if (!tab) return;
  event.preventDefault();
  history.replaceState(null, "", tab.hash);
  show();
});

begin();
