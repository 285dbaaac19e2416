// Says how many characters are left when few are; without this file the server says it.

const NEAR = 0.9; // of the limit: before that nobody needs to know
const PAUSE = 700; // milliseconds without a key, so that no reader is talked over

for (const area of document.querySelectorAll("textarea[data-most]")) {
  const most = Number(area.dataset.most);
  const said = area.parentElement.querySelector(".character-count");
  if (!said) continue;
  let timer;

  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(tell, PAUSE);
  });

  function tell() {
    // As the server counts: characters, and a line's end as two.
    const length = [...area.value.replaceAll(/\r?\n/g, "\r\n")].length;
    const left = most - length;
    said.textContent = length < most * NEAR ? "" : said.dataset.text.replace("%n", left);
    said.toggleAttribute("data-over", left < 0);
  }
}
