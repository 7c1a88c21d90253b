// How does one get anywhere by typing? Ctrl K: pages and "New" from the shell, hits from the server.

const palette = document.getElementById("palette");
if (palette) {
  const field = palette.querySelector("input");
  const commands = document.getElementById("palette-commands");
  const hits = document.getElementById("palette-hits");
  const links = [...document.querySelectorAll("#sidebar .nav-list a, #create .menu-item, #sidebar .menu-panel a")];

  const items = () => [...palette.querySelectorAll(".palette-list a")];
  const choose = (item) => {
    for (const other of items()) other.toggleAttribute("aria-current", other === item);
    item?.scrollIntoView({ block: "nearest" });
  };
  const draw = () => {
    const words = field.value.trim().toLowerCase();
    const found = links.filter((link) => link.textContent.toLowerCase().includes(words));
    commands.replaceChildren(...found.slice(0, 8).map((link) => {
      const copy = link.cloneNode(true);
      copy.className = "menu-item";
      copy.removeAttribute("aria-current");
      copy.querySelector(".count")?.remove();
      return copy;
    }));
    if (!words) hits.replaceChildren();
    choose(items()[0]);
  };

  document.addEventListener("gonghai:palette", () => {
    field.value = "";
    draw();
    palette.showModal();
    field.focus();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]")) return;
    event.preventDefault();
    document.dispatchEvent(new Event("gonghai:palette"));
  });
  field.addEventListener("input", draw);
  hits.addEventListener("htmx:afterSwap", () => {
    if (!items().some((item) => item.hasAttribute("aria-current"))) choose(items()[0]);
  });
  palette.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.findIndex((item) => item.hasAttribute("aria-current"));
    if (event.key === "ArrowDown") choose(all[Math.min(at + 1, all.length - 1)]);
    else if (event.key === "ArrowUp") choose(all[Math.max(at - 1, 0)]);
    else if (event.key === "Enter" && all[at]) all[at].click();
    else if (event.key === "Escape") palette.close(); // a search field would only empty itself
    else return;
    event.preventDefault();
  });
}
