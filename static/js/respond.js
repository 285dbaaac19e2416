// Keeps the page and the text when the connection is lost; without this file the
// browser leaves for an error page of its own.

const TIMEOUT = 15_000; // milliseconds until a silent connection counts as lost

for (const form of document.querySelectorAll(".respond-form")) {
  const status = form.querySelector(".respond-status");
  let isAsking = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isAsking) return; // a second press of the button
    isAsking = true;
    status.replaceChildren();
    if (await isReachable()) form.submit();
    else offerRetry();
    isAsking = false;
  });

  async function isReachable() {
    try {
      const signal = AbortSignal.timeout(TIMEOUT);
      await fetch(form.action, { method: "HEAD", cache: "no-store", signal });
      return true;
    } catch {
      return false;
    }
  }

  function offerRetry() {
    const offer = form.querySelector(".respond-offline").content.cloneNode(true);
    offer.querySelector(".retry").addEventListener("click", () => form.requestSubmit());
    status.replaceChildren(offer);
  }
}
