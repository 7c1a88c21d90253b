// What time is it there now? Customers' clocks go on while the page lies open.

const hands = () => {
  const now = new Date();
  for (const time of document.querySelectorAll("time[data-zone]")) {
    time.textContent = now.toLocaleTimeString("en-GB", { timeZone: time.dataset.zone, hour: "2-digit", minute: "2-digit" });
  }
};
setTimeout(() => {
  hands();
  setInterval(hands, 60_000);
}, 60_000 - (Date.now() % 60_000));
