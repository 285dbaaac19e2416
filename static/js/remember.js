// Fills in who writes from this browser's memory; without this file nothing is kept.

const KEY = "newsroom-commenter";
const NAMES = ["name", "email", "website"];

for (const form of document.querySelectorAll(".respond-form")) {
  const box = form.querySelector(".consent-box");
  const kept = read();
  box.closest(".consent").hidden = false;
  box.checked = kept !== null;
  for (const name of NAMES) {
    const field = form.elements[name];
    if (kept?.[name] && !field.value) field.value = kept[name];
  }
  box.addEventListener("change", () => { if (!box.checked) forget(); });
  form.addEventListener("submit", () => {
    if (box.checked) write(NAMES.map((name) => [name, form.elements[name].value]));
    else forget();
  });
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null; // nothing may be kept here, or what is kept is not ours
  }
}

function write(pairs) {
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(pairs)));
  } catch {
    // The browser keeps nothing for us: the comment is posted all the same.
  }
}

function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Then there is nothing to forget.
  }
}
