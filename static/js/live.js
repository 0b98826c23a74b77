// A part that renews itself (#live) never takes away what somebody is doing in it; what only moved keeps its focus.
(() => {
  const part = () => document.getElementById("live");
  const begun = (live) => {
    const chosen = window.getSelection();
    if (chosen && !chosen.isCollapsed && live.contains(chosen.anchorNode)) return true;
    if (live.querySelector("dialog[open], details[data-menu][open]")) return true;
    if (live.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) return true;
    return [...live.querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue);
  };
  // What a thing is called stays when the part is drawn anew: by that the focused one is found again.
  const called = (thing) => [thing.tagName, thing.getAttribute("href"), thing.dataset.dialog, thing.textContent.trim()].join("|");
  const things = (live) => [...live.querySelectorAll("a, button, summary, pre[tabindex]")];

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.id === "live" && (document.hidden || begun(event.detail.elt))) event.preventDefault();
  });
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const live = event.detail.target;
    if (live?.id !== "live" || !event.detail.shouldSwap) return;
    if (!event.detail.xhr.responseText.includes('id="live"')) { // logged out meanwhile, say
      event.detail.shouldSwap = false;
      window.location.reload();
      return;
    }
    if (begun(live)) { event.detail.shouldSwap = false; return; }
    const focused = live.contains(document.activeElement) ? called(document.activeElement) : null;
    kept = { focused, open: [...live.querySelectorAll("details")].map((one) => one.open) };
  });
  document.addEventListener("htmx:afterSettle", () => {
    const live = part();
    if (!kept || !live) return;
    const { focused, open } = kept;
    kept = null;
    live.querySelectorAll("details").forEach((one, place) => { if (open[place]) one.open = true; });
    if (focused) things(live).find((one) => called(one) === focused)?.focus({ preventScroll: true });
  });
  // Who comes back from another tab does not wait for the next turn.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && part()?.matches("[hx-get]")) window.htmx?.trigger(part(), "look");
  });
})();
