// A form that writes is sent once: a second click, or Enter, while the answer is on its way does
// nothing, so that a payment is not recorded twice. Buttons stay enabled, as a disabled one would
// not tell its value. A page that is shown again, or an answer that stays away, frees the form.
const onTheWay = new Set();
const free = () => {
  for (const form of onTheWay) form.removeAttribute("aria-busy");
  onTheWay.clear();
};
document.addEventListener("submit", (event) => {
  if (!onTheWay.has(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  onTheWay.add(event.target);
  event.target.setAttribute("aria-busy", "true");
  setTimeout(free, 30000);
});
addEventListener("pageshow", free);
