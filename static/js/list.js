// Small boxes that drop down: one open at a time, closed by Escape or by a click elsewhere.
const boxes = () => document.querySelectorAll("details[data-drop][open]");
document.addEventListener("click", (event) => {
  for (const box of boxes()) if (!box.contains(event.target)) box.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const box of boxes()) {
    box.open = false;
    box.querySelector("summary").focus();
  }
});
// A question's address holds what was asked and not what was left open.
const bar = document.querySelector("form.filters");
if (bar) {
  bar.addEventListener("submit", () => {
    for (const field of bar.elements) if (field.name && !field.value) field.disabled = true;
  });
  window.addEventListener("pageshow", () => {
    for (const field of bar.elements) field.disabled = false;
  });
}
// Ticked rows: how many there are, and all of the page at once.
const ticks = [...document.querySelectorAll('td.tick input')];
const all = document.querySelector("[data-tick-all]");
const number = document.querySelector("[data-ticked-number]");
if (all && number) {
  const buttons = document.querySelectorAll("[data-ticked] button");
  const tell = () => {
    const count = ticks.filter((tick) => tick.checked).length;
    number.textContent = count ? `已勾选 ${count} 项:` : "勾选后可以:";
    for (const button of buttons) button.disabled = !count;
    all.checked = count > 0 && count === ticks.length;
    all.indeterminate = count > 0 && count < ticks.length;
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = all.checked;
    tell();
  });
  for (const tick of ticks) tick.addEventListener("change", tell);
  window.addEventListener("pageshow", tell);
  tell();
}
