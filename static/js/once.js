// A form that writes is sent once: a second click, or Enter, while the answer is on its way does
// nothing, so that a payment is not recorded twice. Buttons stay enabled, as a disabled one would
// not tell its value. A page that is shown again, or an answer that stays away, frees the form;
// one with data-file is answered by a file beside the page, and may soon be sent for another.
const onTheWay = new Set();
const free = (form) => {
  form.removeAttribute("aria-busy");
  onTheWay.delete(form);
};
document.addEventListener("submit", (event) => {
  if (!onTheWay.has(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  onTheWay.add(form);
  form.setAttribute("aria-busy", "true");
  setTimeout(free, "file" in form.dataset ? 1500 : 30000, form);
});
addEventListener("pageshow", () => onTheWay.forEach(free));
