// Adds a note without leaving the story's form; without it the page is loaded anew.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const section = form.closest("#notes");
  if (!section) return;
  event.preventDefault();
  const body = new FormData(form);
  body.set("fragment", "notes");
  // The token of the form above is the one that a new session keeps right.
  const token = document.querySelector("#content-main [name=csrfmiddlewaretoken]");
  if (token) body.set("csrfmiddlewaretoken", token.value);
  const reply = await fetch(form.action, { method: "POST", body }).catch(() => null);
  if (!reply || reply.redirected || ![200, 422].includes(reply.status)) {
    form.submit(); // whatever is wrong, the page that follows says it
    return;
  }
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  section.replaceWith(page.querySelector("#notes"));
  document.querySelector("#notes textarea").focus();
});
