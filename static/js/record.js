// The form of a record: saves a draft as it is typed and says what is still missing; ticks everybody
// present; adds rows. Without script the form saves by its buttons.
const form = document.getElementById("record-form");
const bar = document.querySelector("[data-record-bar]");

// --- everybody present ---
const counted = () => {
  const people = [...form.querySelectorAll(".person")];
  const chosen = people.map((person) => person.querySelector("input[type=radio]:checked")?.value ?? "");
  const listed = chosen.filter((value) => value !== "none").length;
  const note = form.querySelector("[data-presence]");
  if (note) note.textContent = `实到 ${chosen.filter((value) => value === "present").length} / 应到 ${listed}`;
  for (const person of people) {
    const value = person.querySelector("input[type=radio]:checked")?.value;
    person.classList.toggle("is-away", value === "excused" || value === "absent");
  }
};
form.querySelector("[data-all-present]")?.addEventListener("click", (event) => {
  event.preventDefault();
  for (const person of form.querySelectorAll(".person")) {
    if (person.querySelector("input[type=radio]:checked")) continue;
    const present = person.querySelector("input[value=present]");
    present.checked = true;
  }
  counted();
  form.dispatchEvent(new Event("change", { bubbles: true }));
});
form.addEventListener("change", counted);
form.classList.add("has-script");
counted();

// --- rows ---
for (const button of form.querySelectorAll("[data-add-row]")) {
  const prefix = button.dataset.addRow;
  const box = form.querySelector(`[data-rows="${prefix}"]`);
  const total = form.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const most = Number(form.querySelector(`[name="${prefix}-MAX_NUM_FORMS"]`).value);
  button.hidden = false;
  button.addEventListener("click", () => {
    const number = Number(total.value);
    if (number >= most) return;
    const last = [...box.querySelectorAll("[data-row]")].pop();
    const fresh = last.cloneNode(true);
    for (const part of fresh.querySelectorAll(".field__error")) part.remove();
    for (const field of fresh.querySelectorAll("input, select, textarea")) {
      field.name = field.name.replace(/-\d+-/, `-${number}-`);
      field.id = field.id.replace(/-\d+-/, `-${number}-`);
      field.value = "";
    }
    for (const label of fresh.querySelectorAll("label")) label.htmlFor = label.htmlFor.replace(/-\d+-/, `-${number}-`);
    box.append(fresh);
    total.value = String(number + 1);
    fresh.querySelector("input, select").focus();
  });
}

// --- saving by itself ---
if (form.dataset.autosave) {
  const place = `record:${form.dataset.autosave}`;
  const saved = bar.querySelector("[data-saved]");
  const version = form.querySelector("[name=version]");
  let timer = 0;
  let changed = false;
  let running = false;
  let sending = false;

  const entries = () => [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const keepHere = () => {
    try { localStorage.setItem(place, JSON.stringify(entries())); } catch { /* full or forbidden */ }
  };
  const dropHere = () => { try { localStorage.removeItem(place); } catch { /* forbidden */ } };
  const show = (found) => {
    version.value = String(found.version);
    bar.querySelector("[data-percent]").value = found.percent;
    bar.querySelector("[data-missing-count]").textContent =
      found.missing.length ? `还差 ${found.missing.length} 项` : "已填齐,可以归档";
    const list = bar.querySelector("[data-missing]");
    list.replaceChildren(...found.missing.map((one) => {
      const line = document.createElement("li");
      const link = document.createElement("a");
      const own = document.getElementById(one.field) ? one.field : `id_${one.field}`;
      link.href = `#${own}`;
      link.textContent = one.text;
      line.append(link);
      return line;
    }));
    saved.textContent = `${found.saved_at} 已存`;
  };
  const save = (leaving) => {
    clearTimeout(timer);
    timer = 0;
    if (!changed || sending || running) return;
    changed = false;
    running = true;
    const body = new FormData(form);
    body.set("do", "autosave");
    fetch(location.pathname, {
      method: "POST", body, keepalive: Boolean(leaving), redirect: "error", credentials: "same-origin",
    }).then((answer) => {
      if (answer.status === 409) {
        saved.textContent = "这份记录在别处保存过,请点“保存草稿”核对";
        return null;
      }
      if (answer.status === 422) {
        return answer.json().then((found) => {
          saved.textContent = `${found.problems[0].text}(改正后自动保存)`;
          keepHere();
          return null;
        });
      }
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }).then((found) => {
      running = false;
      if (found) {
        dropHere();
        show(found);
      }
      if (changed && !timer) timer = setTimeout(save, 1500);
    }).catch(() => {
      running = false;
      changed = true;
      keepHere();
      saved.textContent = "暂时连不上,已存在本机,恢复后自动保存";
      if (!timer) timer = setTimeout(save, 10000);
    });
  };
  const touched = () => {
    changed = true;
    if (!timer) timer = setTimeout(save, 1500);
  };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", () => { sending = true; });
  window.addEventListener("pagehide", () => save(true));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });
  window.addEventListener("online", () => save(false));

  // what could not be sent last time, when nobody saved the record since
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? "null");
    if (kept && kept.find(([name]) => name === "version")?.[1] === version.value) {
      const values = new Map();
      for (const [name, value] of kept) values.set(name, [...(values.get(name) ?? []), value]);
      for (const field of form.elements) {
        if (!field.name || ["csrfmiddlewaretoken", "version"].includes(field.name)) continue;
        const own = values.get(field.name) ?? [];
        if (["checkbox", "radio"].includes(field.type)) field.checked = own.includes(field.value);
        else if (own.length && field.type !== "hidden") field.value = own[0];
      }
      counted();
      saved.textContent = "已恢复上次没有传上的内容";
      touched();
    } else dropHere();
  } catch { dropHere(); }
}
