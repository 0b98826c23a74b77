// People who are known already, offered while one types: a combobox with a listbox (WAI-ARIA), which htmx fills.
(() => {
  const boxOf = (field) => document.getElementById(field.dataset.known);
  const options = (field) => [...boxOf(field).querySelectorAll("[role=option]")];
  const active = (field) => options(field).findIndex((one) => one.getAttribute("aria-selected") === "true");

  const mark = (field, chosen) => {
    options(field).forEach((one, number) => one.setAttribute("aria-selected", String(number === chosen)));
    const one = options(field)[chosen];
    if (one) {
      field.setAttribute("aria-activedescendant", one.id);
      one.scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  };
  const close = (field) => {
    boxOf(field).replaceChildren();
    boxOf(field).nextElementSibling.textContent = "";
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    field.removeAttribute("aria-controls");
  };
  const put = (field, value) => {
    if (field.tagName === "SELECT" && value && ![...field.options].some((one) => one.value === value)) {
      field.add(new Option(value, value));
    }
    field.value = value;
  };
  const pick = (field, one) => {
    for (const name of ["name", "email", "external_id", "language"]) {
      const other = field.form.elements.namedItem(name);
      if (other) put(other, one.dataset[name] ?? "");
    }
    close(field);
    field.focus();
  };

  const fields = [...document.querySelectorAll("input[data-known]")];
  fields.forEach((field) => {
    const box = boxOf(field);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-expanded", "false");
    box.addEventListener("htmx:afterSwap", () => {
      const list = box.querySelector("[role=listbox]");
      if (!list || document.activeElement !== field) return close(field);
      box.nextElementSibling.textContent = box.querySelector("p").textContent; // the number alone, for who cannot see
      field.setAttribute("aria-expanded", "true");
      field.setAttribute("aria-controls", list.id);
      return undefined;
    });
    // The mouse must not take the focus away before the click arrives
    box.addEventListener("mousedown", (event) => event.preventDefault());
    box.addEventListener("click", (event) => {
      const one = event.target.closest("[role=option]");
      if (one) pick(field, one);
    });
    field.addEventListener("blur", () => close(field));
    field.addEventListener("keydown", (event) => {
      const many = options(field).length;
      if (!many) return;
      const at = active(field);
      if (event.key === "ArrowDown") mark(field, (at + 1) % many);
      else if (event.key === "ArrowUp") mark(field, (at <= 0 ? many : at) - 1);
      else if (event.key === "Enter" && at >= 0) pick(field, options(field)[at]);
      else if (event.key === "Escape") close(field);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  });
})();
