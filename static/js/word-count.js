// Counts the words of the body while they are typed; without it the count is that of the
// last save.
const body = document.querySelector("#id_body");
const line = document.querySelector("#word-count");

function count() {
  const page = new DOMParser().parseFromString(body.value.replaceAll("<", " <"), "text/html");
  const words = page.body.textContent.split(/\s+/).filter(Boolean).length;
  const minutes = Math.max(1, Math.round(words / Number(line.dataset.wordsAMinute)));
  const number = new Intl.NumberFormat(document.documentElement.lang);
  line.textContent = line.dataset.text
    .replace("%words", number.format(words))
    .replace("%minutes", number.format(minutes));
}

let soon;
body.addEventListener("input", () => {
  clearTimeout(soon);
  soon = setTimeout(count, 200); // milliseconds: a long body is not counted at each key
});
count();
