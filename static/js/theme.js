// Light or dark? Runs before the first paint, so that nothing flashes. "auto" follows the device.
(() => {
  const root = document.documentElement;
  const device = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const choice = root.dataset.themeChoice;
    root.dataset.bsTheme = choice === "dark" || (choice !== "light" && device.matches) ? "dark" : "light";
  };
  device.addEventListener("change", apply);
  document.addEventListener("gonghai:theme", apply);
  apply();
})();
