// How are the lines of a form set moved and taken out, and which fields does a choice ask for?

const number = (rows) => [...rows.children].forEach((row, place) => { row.querySelector("[data-order]").value = place + 1; });

// The buttons of a line are nothing without this script, and many lines have the same ones.
function equip(set) {
  const buttons = set.querySelector("template[data-row-buttons]")?.content;
  if (!buttons) return;
  for (const acts of set.querySelectorAll(".row-acts:not(:has(button))")) acts.append(buttons.cloneNode(true));
}

document.addEventListener("click", (event) => {
  const move = event.target.closest("[data-move-row]");
  const remove = event.target.closest("[data-remove-row]");
  const row = (move ?? remove)?.closest("[data-row]");
  if (!row) return;
  const rows = row.parentElement;
  if (remove) {
    row.querySelector("[name$=DELETE]").checked = true;
    row.hidden = true;
  } else {
    const step = move.dataset.moveRow === "up" ? "previousElementSibling" : "nextElementSibling";
    let other = row[step];
    while (other?.hidden) other = other[step];
    if (other) rows.insertBefore(row, move.dataset.moveRow === "up" ? other : other.nextElementSibling);
    move.focus();
  }
  number(rows);
  row.closest("form").dataset.dirty = "";
});

// A form set's new line stands last.
document.addEventListener("click", (event) => {
  const rows = event.target.closest("[data-add-row]")?.closest("[data-form-set]").querySelector("[data-rows]");
  if (!rows?.querySelector("[data-order]")) return;
  equip(rows.closest("[data-form-set]"));
  number(rows);
  for (const part of rows.lastElementChild.querySelectorAll("[data-shown-for]")) ask(rows.closest("form").elements[part.dataset.shownFor]);
});

function ask(select) {
  for (const part of select.form.querySelectorAll(`[data-shown-for="${select.name}"]`)) {
    part.hidden = !part.dataset.shownAt.split(" ").includes(select.value);
  }
}
document.addEventListener("change", (event) => { if (event.target.matches?.("select") && event.target.form) ask(event.target); });
for (const part of document.querySelectorAll("[data-shown-for]")) ask(part.closest("form").elements[part.dataset.shownFor]);
// What was moved and taken out before the page came back (a preview, an error) stands so again.
for (const set of document.querySelectorAll("[data-form-set]")) {
  equip(set);
  if (!set.querySelector("[data-rows] [data-move-row], [data-row-buttons]")) continue;
  const rows = set.querySelector("[data-rows]");
  const place = (row) => Number(row.querySelector("[data-order]").value) || Number.MAX_SAFE_INTEGER;
  const sorted = [...rows.children].sort((one, other) => place(one) - place(other));
  // A line that is moved loses the focus: where they stand in order none is.
  if (sorted.some((row, at) => row !== rows.children[at])) rows.append(...sorted);
  for (const row of rows.children) row.hidden = Boolean(row.querySelector("[name$=DELETE]")?.checked);
  set.classList.add("has-moves");
  number(rows);
}
