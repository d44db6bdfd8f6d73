// Keeps what is typed into a form with data-draft: on the server every few seconds and on leaving;
// in this browser too while the server cannot be reached. Offers it again when the form is opened.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = form.dataset.draft;
  const url = form.dataset.draftUrl;
  const local = `draft:${form.dataset.draftOwner}:${key}`;
  const token = form.querySelector("input[name=csrfmiddlewaretoken]");
  const note = document.createElement("p");
  let timer = 0;
  let changed = false;
  let sent = false;
  let failing = false;

  const mark = document.createElement("input");
  mark.type = "hidden";
  mark.name = "draft-form";
  mark.value = key;
  form.append(mark);
  note.className = "draft-note small soft";
  note.setAttribute("role", "status");
  form.append(note);

  const kept = (field) =>
    field.name && !["draft-form", "csrfmiddlewaretoken"].includes(field.name) &&
    !["password", "file", "submit", "button"].includes(field.type) && !("private" in field.dataset);
  const typed = () => {
    const found = {};
    for (const field of form.elements) {
      if (!kept(field)) continue;
      const values = (found[field.name] ||= []);
      if (["checkbox", "radio"].includes(field.type)) {
        if (field.checked) values.push(field.value);
      } else if (field.type === "select-multiple") {
        values.push(...[...field.selectedOptions].map((option) => option.value));
      } else values.push(field.value);
    }
    return found;
  };
  const opened = JSON.stringify(typed());

  const keepHere = (fields) => {
    try { localStorage.setItem(local, JSON.stringify({ fields, updated_at: new Date().toISOString() })); } catch { /* full or forbidden */ }
  };
  const dropHere = () => { try { localStorage.removeItem(local); } catch { /* forbidden */ } };
  const here = () => { try { return JSON.parse(localStorage.getItem(local)); } catch { return null; } };
  const post = (fields, keepalive) => {
    const body = new URLSearchParams({ form: key, fields: fields ? JSON.stringify(fields) : "" });
    return fetch(url, {
      method: "POST", body, keepalive, redirect: "error", credentials: "same-origin",
      headers: { "X-CSRFToken": token ? token.value : "" },
    }).then((answer) => { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); });
  };
  const clock = (moment) => moment.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
  const save = (leaving) => {
    clearTimeout(timer);
    timer = 0;
    if (!changed || sent) return;
    changed = false;
    const fields = typed();
    if (leaving && (failing || !navigator.onLine)) keepHere(fields);
    post(fields, leaving).then(() => {
      failing = false;
      dropHere();
      note.textContent = `草稿已保存(${clock(new Date())})`;
    }).catch(() => {
      changed = failing = true;
      keepHere(fields);
      note.textContent = "暂时连不上服务器,填写的内容已存在本机浏览器,恢复后自动保存";
      if (!timer) timer = setTimeout(save, 15000);
    });
  };
  const touched = () => {
    changed = true;
    if (!timer) timer = setTimeout(save, 3000);
  };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", () => {
    // a saved form drops its draft on the server; until that is certain, the last state stays kept
    if (changed) keepHere(typed());
    sent = true;
    try { sessionStorage.setItem("draft-sent", local); } catch { /* forbidden */ }
  });
  window.addEventListener("pagehide", () => save(true));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) sent = false; });
  window.addEventListener("online", () => save(false));

  const restore = (fields) => {
    const places = {};
    for (const field of form.elements) {
      if (!kept(field) || !(field.name in fields)) continue;
      const values = fields[field.name];
      if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
      else if (field.type === "select-multiple") for (const option of field.options) option.selected = values.includes(option.value);
      else {
        const place = (places[field.name] = (places[field.name] ?? -1) + 1);
        if (place < values.length) field.value = values[place];
      }
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };
  const offer = (draft) => {
    const box = document.createElement("div");
    box.className = "notice notice--warn draft-offer no-print";
    box.setAttribute("role", "status");
    const words = document.createElement("p");
    const moment = new Date(draft.updated_at);
    words.textContent = `有未保存的草稿(${moment.getFullYear()}年${moment.getMonth() + 1}月${moment.getDate()}日 ${clock(moment)})。`;
    const again = document.createElement("button");
    const away = document.createElement("button");
    again.type = away.type = "button";
    again.className = "button button--primary";
    away.className = "button";
    again.textContent = "恢复";
    away.textContent = "丢弃";
    const line = document.createElement("div");
    line.className = "form__actions";
    line.append(again, away);
    box.append(words, line);
    form.before(box);
    again.addEventListener("click", () => {
      restore(draft.fields);
      box.remove();
      note.textContent = "已恢复草稿,核对后请保存";
      const first = [...form.elements].find((field) => kept(field) && field.type !== "hidden");
      if (first) first.focus();
    });
    away.addEventListener("click", () => {
      box.remove();
      dropHere();
      post(null, false).catch(() => {});
    });
  };
  // a form shown again with its errors, or with somebody else's changes, already holds what was typed
  if (!document.querySelector(".notice--bad, .notice--conflict")) {
    const mine = here();
    fetch(`${url}?${new URLSearchParams({ form: key })}`, { redirect: "error", credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : {}))
      .catch(() => ({}))
      .then((stored) => {
        let draft = stored.fields ? stored : null;
        if (mine && (!draft || mine.updated_at > draft.updated_at)) draft = mine;
        if (draft && JSON.stringify(draft.fields) !== opened) offer(draft);
      });
  }
}
// the page that follows a sent form: signed in and without that form, it was saved
try {
  const sent = sessionStorage.getItem("draft-sent");
  const open = [...document.querySelectorAll("form[data-draft]")].some(
    (form) => sent === `draft:${form.dataset.draftOwner}:${form.dataset.draft}`);
  if (sent && !open && document.querySelector(".top__who")) localStorage.removeItem(sent);
  if (document.querySelector(".top__who")) sessionStorage.removeItem("draft-sent");
} catch { /* storage forbidden */ }
