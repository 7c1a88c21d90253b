// A place for files ([data-files]): what is dropped on it or pasted while its form has the focus is added to what was
// chosen. Where the form says data-files-send, it goes at once.

function add(zone, files) {
  const field = zone.querySelector("input[type=file]:not([data-camera])");
  const all = new DataTransfer();
  for (const file of [...field.files, ...files]) all.items.add(file);
  field.files = all.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function show(zone) {
  const list = zone.querySelector("[data-files-chosen]");
  const files = [...zone.querySelectorAll("input[type=file]")].flatMap((field) => [...field.files]);
  list?.replaceChildren(...files.map((file) => Object.assign(document.createElement("li"), { textContent: file.name })));
}

document.addEventListener("change", (event) => {
  const zone = event.target.matches?.("input[type=file]") && event.target.closest("[data-files]");
  if (!zone) return;
  show(zone);
  const form = zone.closest("form[data-files-send]");
  if (form && [...zone.querySelectorAll("input[type=file]")].some((field) => field.files.length)) form.requestSubmit();
});

// The whole page is the place: a file dropped beside it would leave the page. Mails and exported chats go where they are
// read, if the page has such a place.
const SAID = /\.eml$|whatsapp.*\.(txt|zip)$|^_chat\.txt$/i;
function zoneOf(target, files = []) {
  const own = target.closest?.("[data-files]") ?? target.closest?.("form")?.querySelector("[data-files]");
  const said = document.querySelector("[data-files=said]");
  if (own || !said || !files.length || ![...files].every((file) => SAID.test(file.name))) return own ?? document.querySelector("[data-files]:not([data-files=said])");
  return said;
}

for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    if (event.target.closest?.(".drop-zone") || !event.dataTransfer?.types.includes("Files")) return;
    const zone = zoneOf(event.target, event.dataTransfer.files);
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("is-over", name === "dragover");
    if (name === "drop") add(zone, event.dataTransfer.files);
  });
}

document.addEventListener("paste", (event) => {
  const files = event.clipboardData?.files;
  const zone = files?.length && zoneOf(event.target);
  if (!zone) return;
  event.preventDefault();
  add(zone, files);
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
