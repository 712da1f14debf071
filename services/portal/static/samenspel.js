// What the pages do more smoothly with JavaScript. Everything works without it.
(() => {
  "use strict";
  const all = (root, selector) => root.querySelectorAll ? root.querySelectorAll(selector) : [];
  const say = (text) => { document.getElementById("announcement").textContent = text; };

  // Menus close with Escape (focus returns to their button) and with a click elsewhere.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all(document, "details[data-closes][open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    all(document, ".sp-term").forEach((term) => term.classList.add("sp-term--closed"));
  });
  document.addEventListener("click", (event) => {
    all(document, "details[data-closes][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  ["mouseout", "focusout"].forEach((kind) => document.addEventListener(kind, (event) => {
    const term = event.target.closest && event.target.closest(".sp-term");
    if (term) term.classList.remove("sp-term--closed");
  }));

  // A form keeps a draft in this browser tab until it is sent: <form data-draft="name">. Not for data about a person.
  const drafts = (root) => all(root, "form[data-draft]").forEach((form) => {
    const key = "draft:" + form.dataset.draft;
    const kept = JSON.parse(sessionStorage.getItem(key) || "null");
    const fields = [...form.elements].filter((field) => field.name && !["hidden", "file", "password"].includes(field.type));
    if (kept && !form.querySelector("[aria-invalid]")) fields.forEach((field) => {
      if (["radio", "checkbox"].includes(field.type)) field.checked = (kept[field.name] || []).includes(field.value);
      else if (field.name in kept) field.value = kept[field.name][0];
    });
    form.addEventListener("input", () => {
      const values = {};
      new FormData(form).forEach((value, name) => {
        if (typeof value === "string") (values[name] ||= []).push(value);
      });
      sessionStorage.setItem(key, JSON.stringify(values));
    });
    form.addEventListener("submit", () => sessionStorage.removeItem(key));
  });

  // Files may be dropped on their field; the progress of an upload by htmx is shown.
  const drops = (root) => all(root, "[data-drop]").forEach((zone) => {
    const input = zone.querySelector("input[type=file]");
    ["dragenter", "dragover"].forEach((kind) => zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.add("sp-drop--over");
    }));
    ["dragleave", "drop"].forEach((kind) => zone.addEventListener(kind, () => zone.classList.remove("sp-drop--over")));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.querySelector && event.target.querySelector("progress");
    if (!bar || !event.detail.total) return;
    bar.hidden = false;
    bar.value = Math.round(100 * event.detail.loaded / event.detail.total);
  });

  // After a part of a page changed: the focus goes where the answer asks (data-focus) and its message is read out.
  const settle = (root) => {
    drafts(root);
    drops(root);
    const wanted = root.matches && root.matches("[data-focus]") ? root : root.querySelector("[data-focus]");
    if (wanted) wanted.focus();
    const spoken = root.querySelector("[data-announce]");
    if (spoken) say(spoken.dataset.announce || spoken.textContent.trim());
  };
  document.addEventListener("htmx:afterSettle", (event) => settle(event.detail.elt));

  const ready = () => {
    // Filters stand open where there is room for them.
    if (matchMedia("(min-width: 48rem)").matches) all(document, "details[data-open-wide]").forEach((part) => { part.open = true; });
    settle(document);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
