// Sends chosen files at once and shows them without leaving the page; without script there is a button.
const ready = (section) => {
  const form = section.querySelector("[data-upload]");
  if (!form) return;
  const field = form.querySelector("input[type=file]");
  const note = form.querySelector("[data-upload-note]");
  form.querySelector("[data-without-upload]").hidden = true;
  form.classList.add("is-ready");
  field.addEventListener("change", () => {
    if (!field.files.length) return;
    note.textContent = `正在上传 ${field.files.length} 个文件……`;
    fetch(form.action, {
      method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "error",
      headers: { "X-Requested-With": "fetch" },
    }).then((answer) => {
      if (answer.status !== 200 && answer.status !== 422) throw new Error(String(answer.status));
      return answer.text();
    }).then((text) => {
      const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-attachments]");
      section.replaceWith(fresh);
      ready(fresh);
    }).catch(() => {
      field.value = "";
      note.textContent = "没有上传成功,请检查网络后重新选择。";
    });
  });
};
for (const section of document.querySelectorAll("[data-attachments]")) ready(section);
