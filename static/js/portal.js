// Small conveniences. Every page works without this file; nothing here decides anything.
(() => {
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } };
  const recall = (key) => { try { return localStorage.getItem(key); } catch { return null; } };

  // Menus: Escape and a click elsewhere close them
  const openMenus = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("click", (event) => {
    openMenus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openMenus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // Copy, close, dialogs
  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const box = document.createElement("textarea");
    box.value = text;
    box.className = "visually-hidden";
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    if (!done) throw new Error("the browser did not copy");
  };
  const toast = (text, kind = "good") => {
    const note = document.createElement("div");
    note.className = `notice notice-${kind}`;
    const words = document.createElement("p");
    words.textContent = text;
    note.append(words);
    document.getElementById("toasts")?.append(note);
    setTimeout(() => note.remove(), 5000);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("copy" in button.dataset) {
      copy(button.dataset.copy).then(() => {
        button.classList.add("copied");
        setTimeout(() => button.classList.remove("copied"), 1500);
        toast(button.dataset.copied);
      }, () => toast(button.dataset.copy, "warn"));
    } else if ("close" in button.dataset) {
      const part = button.closest("[data-hint], [data-closable]");
      if (part.dataset.hint) remember(`hint:${part.dataset.hint}`, "closed");
      part.remove();
    } else if (button.dataset.dialog) {
      const dialog = document.getElementById(button.dataset.dialog);
      if (!dialog) return; // the button leads to a page that asks the same
      event.preventDefault();
      openMenus().forEach((menu) => { menu.open = false; });
      dialog.showModal();
    } else if ("dialogClose" in button.dataset) {
      button.closest("dialog").close();
    } else if ("print" in button.dataset) {
      window.print();
    } else if (button.dataset.insert) {  // where the caret stands in the field `data-into`
      const field = document.getElementById(button.dataset.into);
      field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  // htmx answers may say: HX-Trigger: {"portal:toast": {"text": "...", "kind": "good"}}
  document.addEventListener("portal:toast", (event) => toast(event.detail.text, event.detail.kind));

  // A box that ticks all rows: <input type="checkbox" data-all>, rows carry data-row; <output data-chosen> counts.
  // They are those of the form or table around them, or of a wider part with data-many
  document.addEventListener("change", (event) => {
    const scope = event.target.closest("[data-many], form, table");
    if (!scope || !("all" in event.target.dataset || "row" in event.target.dataset)) return;
    const rows = [...scope.querySelectorAll("input[data-row]")];
    if ("all" in event.target.dataset) rows.forEach((row) => { row.checked = event.target.checked; });
    const chosen = rows.filter((row) => row.checked).length;
    const all = scope.querySelector("input[data-all]");
    if (all) { all.checked = chosen === rows.length; all.indeterminate = chosen > 0 && chosen < rows.length; }
    document.querySelectorAll("[data-chosen]").forEach((count) => { count.textContent = chosen; });
  });

  // A file's own time, as the browser tells it, for "When was this file downloaded from iTEP?"
  document.addEventListener("change", (event) => {
    const target = event.target.dataset?.modifiedInto;
    const file = event.target.files?.[0];
    if (!target || !file) return;
    const field = document.getElementById(target);
    const moment = new Date(file.lastModified);
    const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
    const away = -moment.getTimezoneOffset();
    const offset = `${away < 0 ? "-" : "+"}${String(Math.floor(Math.abs(away) / 60)).padStart(2, "0")}:${String(Math.abs(away) % 60).padStart(2, "0")}`;
    if (field) field.value = field.type === "datetime-local" ? local.slice(0, 16) : local + offset;
  });

  // Keys: "/" searches, "g" then "t" gives a test. They can be switched off in the account menu.
  let before = "";
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable], dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || recall("shortcuts") === "off") return;
    if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
    if (before === "g" && event.key === "t") document.querySelector("[data-give]")?.click();
    before = event.key;
  });

  const ready = () => {
    document.querySelectorAll("[data-hint]").forEach((hint) => { if (recall(`hint:${hint.dataset.hint}`)) hint.remove(); });
    const keys = document.querySelector("[data-shortcuts]");
    if (keys) {
      keys.checked = recall("shortcuts") !== "off";
      keys.addEventListener("change", () => remember("shortcuts", keys.checked ? "on" : "off"));
    }
    const themes = document.querySelector("[data-theme-choice]");
    themes?.querySelectorAll("input").forEach((choice) => {
      choice.checked = choice.value === window.portalTheme.saved();
      choice.addEventListener("change", () => window.portalTheme.choose(choice.value));
    });
  };
  ready();
})();
