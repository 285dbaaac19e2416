// Recommends a comment without leaving the page, and remembers it in this browser;
// without this file the button posts, and a second press takes it back.

const TIMEOUT = 15_000; // milliseconds until a silent connection counts as lost

const key = (form) => `newsroom-recommended-${form.dataset.comment}`;

function isKept(form) {
  try {
    return localStorage.getItem(key(form)) !== null;
  } catch {
    return false; // nothing may be kept here
  }
}

function keep(form, isGiven) {
  try {
    if (isGiven) localStorage.setItem(key(form), "1");
    else localStorage.removeItem(key(form));
  } catch {
    // Then the page forgets; the recommendation counts all the same.
  }
}

function mark(form) {
  form.dataset.state = "recommended";
  form.querySelector(".recommend-word").textContent = form.dataset.given;
}

for (const form of document.querySelectorAll(".recommend-form")) {
  if (isKept(form)) mark(form);
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest(".recommend-form");
  if (!form) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  const body = new FormData(form);
  const wants = form.dataset.state !== "recommended";
  body.set("want", wants ? "1" : "0");
  body.set("fragment", "1");
  try {
    const reply = await fetch(form.action, {
      method: "POST",
      body,
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.querySelector(".recommend-form");
    if (reply.ok) keep(form, wants);
    if (fresh) {
      form.dataset.state = fresh.dataset.state;
      form.replaceChildren(...fresh.childNodes);
      form.querySelector("button").focus();
    }
  } catch {
    form.submit(); // the browser's own way says what is wrong with the connection
  }
  form.removeAttribute("aria-busy");
});
