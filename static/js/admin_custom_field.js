// The form of a custom field in the administration: key from the name, rows for options, only the
// parts that the type needs. Without this script all parts stand there and the server does the rest.
(() => {
  const find = (id) => document.getElementById(id);
  const line = (field) => find(`id_${field}`)?.closest(".form-row");

  const suggest = () => {
    const name = find("id_name_en");
    const key = find("id_key");
    if (!name || !key || key.value) return;
    name.addEventListener("input", () => {
      if (key.dataset.own) return;
      const plain = name.value.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
      key.value = plain.replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "").slice(0, 40);
    });
    key.addEventListener("input", () => { key.dataset.own = key.value ? "1" : ""; });
  };

  const rows = (editor) => {
    const button = editor.querySelector("[data-add-option]");
    button.hidden = false;
    button.addEventListener("click", () => {
      const body = editor.querySelector("tbody");
      const row = body.lastElementChild.cloneNode(true);
      for (const input of row.querySelectorAll("input")) input.value = "";
      body.append(row);
      row.querySelector("input").focus();
    });
  };

  const parts = () => {
    const kind = find("id_kind");
    if (!kind) return;
    const show = () => {
      const choice = kind.value === "choice" || kind.value === "multi_choice";
      if (line("options")) line("options").hidden = !choice;
      if (line("currency")) line("currency").hidden = kind.value !== "money";
    };
    kind.addEventListener("change", show);
    show();
  };

  document.addEventListener("DOMContentLoaded", () => {
    suggest();
    for (const editor of document.querySelectorAll("[data-options]")) rows(editor);
    parts();
  });
})();
