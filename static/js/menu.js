// Opens and closes the menu on a narrow screen; without script the link jumps to it.
document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-menu]");
  if (!toggle) return;
  event.preventDefault();
  const open = document.getElementById("menu").classList.toggle("is-open");
  toggle.setAttribute("aria-expanded", String(open));
});
