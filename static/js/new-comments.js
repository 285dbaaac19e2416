// Marks comments that came since this browser was last here; without this file, or
// where nothing may be kept, none is marked.

const thread = document.querySelector(".thread[data-article]");
if (thread) {
  const key = `newsroom-seen-${thread.dataset.article}`;
  const seen = read(key);
  const comments = [...thread.querySelectorAll(".comment[id]")];
  const times = comments.map((one) => one.querySelector("time")?.dateTime ?? "");
  const newest = times.map((time) => Date.parse(time) || 0).reduce((a, b) => Math.max(a, b), 0);
  const fresh = comments.filter((_one, place) => seen && Date.parse(times[place]) > seen);

  for (const comment of fresh) {
    const word = document.createElement("span");
    word.className = "comment-new";
    word.textContent = thread.dataset.new;
    comment.querySelector(".comment-header")?.append(word);
  }
  if (fresh.length) tell();
  write(key, Math.max(newest, seen));

  function tell() {
    const line = thread.querySelector(".new-comments");
    const button = line.querySelector("button");
    line.querySelector("span").textContent =
      (fresh.length === 1 ? line.dataset.one : line.dataset.many).replace("%n", fresh.length);
    line.hidden = false;
    let next = 0;
    button.addEventListener("click", () => {
      const comment = fresh[next++ % fresh.length];
      comment.closest("details")?.setAttribute("open", "");
      comment.tabIndex = -1;
      comment.focus({ preventScroll: true });
      comment.scrollIntoView({ block: "center" });
    });
  }
}

function read(key) {
  try {
    return Number(localStorage.getItem(key));
  } catch {
    return 0;
  }
}

function write(key, time) {
  try {
    localStorage.setItem(key, String(time));
  } catch {
    // Nothing may be kept here: then nothing is new.
  }
}
