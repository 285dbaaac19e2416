// Recommends a comment without leaving the page, and remembers it in this browser;
// without this file the button posts, and a second press takes it back.

const TIMEOUT = 15_000; // milliseconds until a silent connection counts as lost

const form = document.getElementById("recommend");

const key = (button) =>
  button.closest(".comment").id.replace("comment-", "newsroom-recommended-");

function isKept(button) {
  try {
    return localStorage.getItem(key(button)) !== null;
  } catch {
    return false; // nothing may be kept here
  }
}

function keep(button, isGiven) {
  try {
    if (isGiven) localStorage.setItem(key(button), "1");
    else localStorage.removeItem(key(button));
  } catch {
    // Then the page forgets; the recommendation counts all the same.
  }
}

function mark(button) {
  button.dataset.state = "recommended";
  button.querySelector(".recommend-word").textContent = form.dataset.given;
}

// A page that stands for an error: its heading says which.
function tell(button, words) {
  const status = document.createElement("span");
  status.className = "recommend-status";
  status.setAttribute("role", "alert");
  status.append(...words.childNodes);
  button.after(status);
}

async function send(button) {
  const wants = button.dataset.state !== "recommended";
  const body = new FormData();
  body.set("want", wants ? "1" : "0");
  body.set("fragment", "1");
  try {
    const reply = await fetch(button.formAction, {
      method: "POST",
      body,
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.querySelector(".recommend-button");
    if (reply.ok) keep(button, wants);
    button.parentElement.querySelector(".recommend-status")?.remove();
    if (!fresh) return tell(button, page.querySelector("main h1") ?? page.body);
    button.replaceWith(...page.body.childNodes);
    fresh.focus();
  } catch {
    form.action = button.formAction;
    form.submit(); // the browser's own way says what is wrong with the connection
  }
}

for (const button of document.querySelectorAll(".recommend-button")) {
  if (isKept(button)) mark(button);
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  if (button.hasAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  await send(button);
  button.removeAttribute("aria-busy");
});
