// Light or dark? Runs before the first paint, so that nothing flashes. "auto" follows the device;
// paper is always light.
(() => {
  const root = document.documentElement;
  const device = matchMedia("(prefers-color-scheme: dark)");
  const paper = matchMedia("print");
  const apply = () => {
    const choice = root.dataset.themeChoice;
    const dark = choice === "dark" || (choice !== "light" && device.matches);
    root.dataset.bsTheme = dark && !paper.matches ? "dark" : "light";
  };
  for (const query of [device, paper]) query.addEventListener("change", apply);
  document.addEventListener("gonghai:theme", apply);
  apply();
})();
