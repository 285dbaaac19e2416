// Posts a comment without leaving the page, keeps the text when the connection is lost,
// and shows a preview; without this file the form posts, and comes back with errors.

const TIMEOUT = 15_000; // milliseconds until a silent connection counts as lost

for (const form of document.querySelectorAll(".respond-form")) {
  const status = form.querySelector(".respond-status");
  if (!status) continue; // the form of a private page
  const preview = form.querySelector(".respond-preview");
  let isSending = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isSending) return; // a second press of the button
    isSending = true;
    form.setAttribute("aria-busy", "true");
    status.replaceChildren();
    await send(event.submitter);
    form.removeAttribute("aria-busy");
    isSending = false;
  });

  async function send(button) {
    const body = new FormData(form, button);
    body.set("fragment", "1");
    let reply, page;
    try {
      reply = await fetch(form.action, {
        method: "POST",
        body,
        signal: AbortSignal.timeout(TIMEOUT),
      });
      page = new DOMParser().parseFromString(await reply.text(), "text/html");
    } catch {
      return offerRetry(".respond-offline", button);
    }
    if (reply.status >= 500) return offerRetry(".respond-failed", button);
    const posted = page.querySelector("[data-posted]");
    if (posted) return show(posted);
    const fresh = page.querySelector(".respond-box");
    if (fresh) return showErrors(fresh);
    if (button?.name === "preview" && reply.status !== 429) {
      return preview.replaceChildren(...page.body.childNodes);
    }
    // A page that stands for an error: its heading says which.
    status.replaceChildren(...(page.querySelector("main h1") ?? page.body).childNodes);
  }

  function show(posted) {
    for (const note of document.querySelectorAll(".respond > .own-comment")) note.remove();
    const own = posted.querySelector(".own-comment");
    document.querySelector(".cancel-reply a")?.click(); // the form goes home
    form.elements.comment.value = "";
    form.elements.comment.dispatchEvent(new Event("input"));
    preview.replaceChildren();
    clearErrors();
    const section = form.closest(".respond");
    section.prepend(own);
    const item = posted.querySelector("li");
    if (item && place(item, posted.dataset.parent)) {
      const heading = document.getElementById("comments-heading");
      heading?.replaceChildren(...posted.querySelector("[data-heading]").childNodes);
      item.tabIndex = -1;
      item.focus({ preventScroll: true });
      item.scrollIntoView({ block: "center" });
    } else {
      section.focus();
      own.scrollIntoView({ block: "center" });
    }
  }

  function place(item, parent) {
    const answered = parent && document.getElementById(`comment-${parent}`);
    if (parent && !answered) return false;
    let list = document.querySelector(".branches");
    if (answered) {
      const branch = answered.closest(".branch");
      list = branch.querySelector(".replies");
      if (!list) {
        list = document.createElement("ol");
        list.className = "replies";
        branch.append(list);
      }
    } else if (!list) {
      const nothing = document.querySelector(".thread .nothing");
      if (!nothing) return false; // not the story's own page
      list = document.createElement("ol");
      list.className = "branches";
      nothing.replaceWith(list);
    }
    list.append(item);
    return true;
  }

  function showErrors(fresh) {
    clearErrors();
    const errors = form.querySelector(".respond-errors");
    errors.replaceChildren(...fresh.querySelector(".respond-errors").childNodes);
    for (const field of fresh.querySelectorAll(".field")) {
      const said = field.querySelector(".errorlist");
      const old = form.querySelector(`[data-field="${field.dataset.field}"]`);
      if (!said) continue;
      old.querySelector("label").after(said);
      const input = old.querySelector("input, textarea");
      input.setAttribute("aria-invalid", "true");
      if (said.id) input.setAttribute("aria-describedby", said.id);
    }
    const asked = fresh.querySelector("[name=reply_to]").value;
    if (form.elements.reply_to.value && !asked) {
      document.querySelector(".cancel-reply a")?.click(); // what it answers is gone
    }
    const first = form.querySelector("[aria-invalid]");
    if (first) return first.focus();
    errors.tabIndex = -1;
    errors.focus();
  }

  function clearErrors() {
    for (const said of form.querySelectorAll(".errorlist")) said.remove();
    for (const input of form.querySelectorAll("[aria-invalid]")) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
  }

  function offerRetry(template, button) {
    const offer = form.querySelector(template).content.cloneNode(true);
    const again = offer.querySelector(".retry");
    again.addEventListener("click", () => form.requestSubmit(button ?? undefined));
    status.replaceChildren(offer);
    status.querySelector(".retry").focus();
  }
}
