// A changed field with data-submit sends its form; without script there is a button for it.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});
