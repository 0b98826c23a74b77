// Sets light or dark before the first paint: the saved choice, else the system's; paper is always light. Loaded
// without `defer` on purpose.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const saved = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const paper = window.matchMedia("print");
  const apply = () => {
    const choice = paper.matches ? "light" : saved();
    document.documentElement.dataset.bsTheme = choice === "light" || choice === "dark" ? choice : dark.matches ? "dark" : "light";
    document.dispatchEvent(new CustomEvent("portal:theme"));
  };
  apply();
  dark.addEventListener("change", apply);
  paper.addEventListener("change", apply);
  window.portalTheme = { saved: () => saved() || "auto", choose: (choice) => { try { localStorage.setItem("theme", choice); } catch { /* private window */ } apply(); } };
})();
