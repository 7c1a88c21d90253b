// How is a task moved in the calendar? Dragged to another day, or picked up with the space bar, carried with the
// arrow keys and dropped with Enter. Without this script each task has its own page for it.

const calendar = () => document.getElementById("calendar");
const days = () => [...calendar().querySelectorAll("[data-day]")];
const says = (text) => (document.getElementById("cal-says").textContent = text);
let carried = null; // the task in the hand
let target = null; // the day it would fall on

function aim(day) {
  target?.classList.remove("is-target");
  target = day;
  target?.classList.add("is-target");
  if (target) says(target.dataset.words);
}

function pickUp(task) {
  carried = task;
  carried.classList.add("is-picked");
  aim(task.closest("[data-day]"));
}

function letGo() {
  carried?.classList.remove("is-picked");
  carried = null;
  aim(null);
}

async function drop() {
  const [task, day] = [carried, target];
  letGo();
  if (!task || !day || task.closest("[data-day]") === day) return;
  const url = task.dataset.move;
  await htmx.ajax("POST", url, { target: "#calendar", swap: "none", values: { on: day.dataset.day } });
  await htmx.ajax("GET", location.href, { target: "#calendar", select: "#calendar", swap: "outerHTML" });
  document.querySelector(`[data-move="${url}"]`)?.focus();
}

const taskAt = (event) => event.target.closest?.("[data-move]");
const dayAt = (event) => event.target.closest?.("[data-day]");

document.addEventListener("dragstart", (event) => {
  const task = taskAt(event);
  if (!task) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", task.href);
  pickUp(task);
});
document.addEventListener("dragover", (event) => {
  if (!carried || !dayAt(event)) return;
  event.preventDefault();
  if (dayAt(event) !== target) aim(dayAt(event));
});
document.addEventListener("drop", (event) => {
  if (!carried || !dayAt(event)) return;
  event.preventDefault();
  drop();
});
document.addEventListener("dragend", letGo);

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
// Before the keys of the page, which know nothing of a task in the hand.
document.addEventListener("keydown", (event) => {
  const task = taskAt(event);
  if (!task) return;
  if (event.key === " ") carried ? letGo() : pickUp(task);
  else if (!carried) return;
  else if (event.key === "Enter") drop();
  else if (event.key === "Escape") letGo();
  else if (event.key in STEPS) {
    const all = days();
    aim(all[all.indexOf(target) + STEPS[event.key]] ?? target);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("focusout", (event) => {
  if (event.target === carried) letGo();
});

document.documentElement.classList.add("is-scripted");
document.addEventListener("change", (event) => event.target.closest("select[data-submit]")?.form.requestSubmit());

// On a phone the days stand below each other: begin with today, unless the address says where.
if (!location.hash && matchMedia("(max-width: 767.98px)").matches) document.getElementById("today")?.scrollIntoView({ block: "start" });
