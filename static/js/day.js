// Shows a date field's day in words (2019年10月16日); a click opens the browser's own calendar.
for (const input of document.querySelectorAll("input[data-day]")) {
  const box = input.parentElement;
  const words = box.querySelector(".day__words");
  const show = () => {
    const [year, month, day] = input.value.split("-").map(Number);
    words.textContent = input.value ? `${year}年${month}月${day}日 ▾` : "选择日期 ▾";
  };
  show();
  input.addEventListener("input", show);
  input.addEventListener("click", () => input.showPicker && input.showPicker());
  box.classList.add("is-ready");
  for (const button of input.form.querySelectorAll("[data-without-script]")) button.hidden = true;
}
