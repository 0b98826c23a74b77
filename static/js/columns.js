// The columns of an upload: the samples beside a field follow the column that is chosen for it, and the list of other
// columns shows those that nobody chose. Without this file both are as the page was sent.
(() => {
  const hidden = "••••••";
  const masked = (text) => text.replace(/[\p{L}\p{N}_]+/gu, (word) => `${word[0]}…`);

  // A password is never shown, whatever its column is called; Assigned-to as it is elsewhere: first letters alone.
  const shown = (field, samples) => {
    if (field === "password") return samples.length ? [hidden] : [];
    return field === "assigned_to" ? samples.map(masked) : samples;
  };
  const code = (text) => {
    const part = document.createElement("code");
    part.textContent = text;
    return part;
  };

  const follow = (section) => {
    const samples = JSON.parse(section.querySelector("script[type='application/json']").textContent);
    const fields = [...section.querySelectorAll("select[data-column-of]")];
    const draw = (select) => {
      const place = section.querySelector(`[data-samples-of="${select.id}"]`);
      place.querySelectorAll("code").forEach((one) => one.remove());
      place.append(...shown(select.dataset.columnOf, samples[select.value] || []).map(code));
    };
    const list = () => {
      const taken = new Set(fields.map((one) => one.value));
      const columns = [...section.querySelectorAll("[data-column]")];
      columns.forEach((one) => { one.hidden = taken.has(one.dataset.column); });
      section.querySelector("[data-kept]").hidden = columns.every((one) => one.hidden);
    };
    section.addEventListener("change", (event) => {
      if (!fields.includes(event.target)) return;
      draw(event.target);
      list();
    });
    // A browser that comes back to the page may have kept another choice than the page was sent with.
    fields.forEach((select) => { if (!select.querySelector("option:checked")?.defaultSelected && select.value) draw(select); });
    list();
  };
  document.querySelectorAll("[data-columns]").forEach(follow);
})();
