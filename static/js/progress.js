// Follows a job: fetches its progress every second and opens the page anew when it is done.
const box = document.querySelector("[data-progress]");
const follow = async () => {
  try {
    const answer = await fetch(box.dataset.progress, { headers: { "X-Requested-With": "fetch" } });
    if (answer.redirected || !answer.ok) return location.reload();
    const text = await answer.text();
    if (!text.includes("data-working")) return location.reload();
    box.innerHTML = text;
  } catch {
    // no network for a moment: ask again
  }
  setTimeout(follow, 1000);
};
if (box) setTimeout(follow, 700);
