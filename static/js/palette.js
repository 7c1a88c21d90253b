// How does one get anywhere by typing? Ctrl K: pages and "New" from the shell, hits from the server,
// before the first letter what was opened lately. The field keeps the focus; it names the chosen option.

const palette = document.getElementById("palette");
if (palette) {
  const field = palette.querySelector("input");
  const recent = document.getElementById("palette-recent");
  const commands = document.getElementById("palette-commands");
  const hits = document.getElementById("palette-hits");
  const links = [...document.querySelectorAll("#sidebar .nav-list a, #create .menu-item, #sidebar .menu-panel a")];
  const MOST_COMMANDS = 8;
  const MOST_RECENT = 6;

  // --- the chosen option ---------------------------------------------------------------------------

  const options = () => [...palette.querySelectorAll("[role=option]")].filter((option) => !option.closest("[hidden]"));
  const chosen = () => palette.querySelector("[role=option][aria-selected=true]");
  const choose = (option) => {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };
  const refill = (group, made) => {
    group.querySelectorAll("[role=option]").forEach((option) => option.remove());
    group.append(...made);
    group.hidden = made.length === 0;
  };

  // --- opened lately: kept for this tab and this reader only -----------------------------------------

  const store = `recent:${palette.dataset.reader}`;
  const lately = () => JSON.parse(sessionStorage.getItem(store) ?? "[]");
  const remember = (link) => {
    const [title, text] = [".what > bdi", ".end"].map((part) => link.querySelector(part)?.textContent.trim() ?? "");
    const kept = lately().filter((one) => one.href !== link.getAttribute("href"));
    sessionStorage.setItem(store, JSON.stringify([{ href: link.getAttribute("href"), title, text }, ...kept].slice(0, MOST_RECENT)));
  };
  document.addEventListener("click", (event) => {
    const hit = event.target.closest("a.hit");
    if (hit) remember(hit);
  });
  const drawRecent = () => lately().map((one, place) => {
    const option = document.getElementById("palette-option").content.firstElementChild.cloneNode(true);
    option.id = `recent-${place}`;
    option.setAttribute("href", one.href);
    option.querySelector(".what bdi").textContent = one.title;
    option.querySelector(".end bdi").textContent = one.text;
    return option;
  });

  // --- pages and "New" -------------------------------------------------------------------------------

  const drawCommands = (words) => links
    .filter((link) => link.textContent.toLowerCase().includes(words))
    .slice(0, MOST_COMMANDS)
    .map((link, place) => {
      const copy = link.cloneNode(true);
      copy.className = "menu-item";
      copy.id = `command-${place}`;
      copy.tabIndex = -1;
      copy.setAttribute("role", "option");
      copy.removeAttribute("aria-current");
      copy.querySelector(".count")?.remove();
      return copy;
    });
  const draw = () => {
    const words = field.value.trim().toLowerCase();
    refill(recent, words ? [] : drawRecent());
    refill(commands, drawCommands(words));
    if (!words) hits.replaceChildren(); // else the former hits stand until the new ones come
    choose(options()[0]);
  };

  // --- opening, typing, keys -------------------------------------------------------------------------

  document.addEventListener("gonghai:palette", () => {
    field.value = "";
    draw();
    if (!palette.open) palette.showModal();
    field.focus();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]")) return;
    event.preventDefault();
    document.dispatchEvent(new Event("gonghai:palette"));
  });
  let hasMoved = false;
  field.addEventListener("input", () => {
    hasMoved = false;
    draw();
  });
  hits.addEventListener("htmx:afterSwap", () => {
    if (!field.value.trim()) hits.replaceChildren(); // an answer that came too late
    if (!hasMoved || !chosen()) choose(options()[0]);
  });
  const moves = {
    ArrowDown: (at, last) => (at >= last ? 0 : at + 1),
    ArrowUp: (at, last) => (at <= 0 ? last : at - 1),
    Home: () => 0,
    End: (at, last) => last,
    PageDown: (at, last) => Math.min(at + 8, last),
    PageUp: (at) => Math.max(at - 8, 0),
  };
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // the keys choose among characters
    const all = options();
    if (moves[event.key] && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
      hasMoved = true;
      choose(all[moves[event.key](all.indexOf(chosen()), all.length - 1)]);
    } else if (event.key === "Enter" && chosen()) chosen().click();
    else if (event.key === "Escape") palette.close(); // a search field would only empty itself
    else return;
    event.preventDefault();
  });
}
