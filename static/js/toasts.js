// What is said that no row can show? Failures, and what can be undone. The server's HX-Trigger
// {"toast": {"text": …, "undo": url}} ends here too.

const stack = document.getElementById("toasts");
const model = document.getElementById("toast");

function toast({ text, undo }) {
  const note = model.content.cloneNode(true).firstElementChild;
  note.querySelector(".words").textContent = text;
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = gettext("Undo");
    button.addEventListener("click", () => htmx.ajax("POST", undo, { target: "body", swap: "none" }).then(() => location.reload()));
    note.querySelector("button").before(button);
  }
  stack.append(note);
  // An open dialog covers everything outside it.
  (document.querySelector("dialog[open]") ?? document.body).append(stack);
  return note;
}

document.addEventListener("click", (event) => event.target.closest("[data-close-toast]")?.closest(".note-toast").remove());
document.addEventListener("gonghai:toast", (event) => toast({ text: event.detail }));
document.addEventListener("toast", (event) => toast(event.detail));
document.addEventListener("htmx:responseError", () => toast({ text: gettext("That did not work. Nothing was changed; please try again.") }));
document.addEventListener("htmx:sendError", () => toast({ text: gettext("The server cannot be reached. Please check your connection.") }));
