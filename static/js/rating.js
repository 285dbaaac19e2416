// Casts the vote without leaving the page; without this file the form posts.

const TIMEOUT = 15_000; // milliseconds until a silent connection counts as lost

for (const form of document.querySelectorAll(".rating-form")) {
  const status = form.querySelector(".rating-status");
  const takeBack = form.closest(".rating").querySelector(".take-back-form");
  const chosen = () => form.querySelector("[name=score]:checked");
  const key = `newsroom-vote-${form.dataset.article}`;
  // What the server last took: the page says it, and not what was chosen since.
  let accepted = form.querySelector("[name=score][checked]")?.value ?? null;
  let isSending = false;
  let isWaiting = false; // another choice was made while one was on its way
  let isBrowsing = false; // arrow keys walk over the stars and give none
  let isTakingBack = false; // what is on its way, or waits, is a withdrawal

  form.dataset.enhanced = "";
  takeBack.hidden = true;
  if (accepted) accept(accepted);
  else if (!chosen() || chosen().value === remembered()) showRemembered();
  else vote(); // a star was chosen before this file was here

  form.addEventListener("keydown", (event) => {
    isBrowsing = event.key.startsWith("Arrow");
    if (event.key === " " && event.target === chosen()) vote();
  });
  for (const end of ["keyup", "pointerdown"]) {
    form.addEventListener(end, () => { isBrowsing = false; });
  }
  form.addEventListener("change", () => { if (!isBrowsing) vote(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    vote();
  });
  takeBack.addEventListener("submit", (event) => {
    event.preventDefault();
    vote({ takingBack: true });
  });

  async function vote({ takingBack = false } = {}) {
    isWaiting = true;
    isTakingBack = takingBack;
    if (isSending) return;
    isSending = true;
    form.setAttribute("aria-busy", "true");
    while (isWaiting) {
      isWaiting = false;
      await send();
    }
    form.removeAttribute("aria-busy");
    isSending = false;
  }

  async function send() {
    const body = new FormData(isTakingBack ? takeBack : form);
    const score = body.get("score");
    if (isTakingBack) body.set("withdraw", "1");
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
      return offerRetry();
    }
    if (isWaiting) return; // a later choice is about to say more
    if (!reply.ok) return refuse(page);
    accept(score);
    for (const part of [".tally", ".histogram-bars", ".rating-status"]) {
      show(part, page.querySelector(part));
    }
  }

  function show(part, fresh) {
    const old = form.closest(".rating").querySelector(part);
    if (fresh && old) old.replaceChildren(...fresh.childNodes);
  }

  function refuse(page) {
    // The widget's own words, or the heading of the page that stands for an error.
    const words = page.querySelector("main h1") ?? page.body;
    status.replaceChildren(...words.childNodes);
    for (const radio of form.elements.score) radio.checked = radio.value === accepted;
  }

  function offerRetry() {
    if (isWaiting) return;
    const offer = form.querySelector(".rating-offline").content.cloneNode(true);
    const again = { takingBack: isTakingBack };
    offer.querySelector(".retry").addEventListener("click", () => vote(again));
    status.replaceChildren(offer);
  }

  function accept(score) {
    accepted = score;
    takeBack.hidden = !score;
    if (!score) for (const radio of form.elements.score) radio.checked = false;
    try {
      if (score) localStorage.setItem(key, score);
      else localStorage.removeItem(key);
    } catch {
      // The browser keeps nothing for us: the vote counts all the same.
    }
  }

  function remembered() {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }

  function showRemembered() {
    const score = remembered();
    const radio = [...form.elements.score].find((one) => one.value === score);
    if (!radio) return;
    radio.checked = true;
    accepted = score;
    takeBack.hidden = false;
    if (!status.textContent.trim()) status.textContent = radio.dataset.remembered;
  }
}
