// Moves the form under the comment it answers; without this file Reply is a link.

const box = document.getElementById("respond-box");
if (box) {
  const home = box.parentElement;
  const heading = box.querySelector(".respond-heading");
  const cancel = box.querySelector(".cancel-reply");
  const field = box.querySelector("[name=reply_to]");
  let opener = null;

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".reply-link, .cancel-reply a");
    const wantsPage = event.ctrlKey || event.metaKey || event.shiftKey || event.button;
    if (!link || wantsPage) return;
    event.preventDefault();
    if (link.matches(".reply-link")) answer(link);
    else answerTheStory();
  });

  function answer(link) {
    opener = link;
    field.value = link.dataset.comment;
    heading.textContent = link.dataset.heading;
    cancel.hidden = false;
    link.closest(".comment").append(box);
    box.querySelector("textarea").focus();
  }

  function answerTheStory() {
    field.value = "";
    heading.textContent = heading.dataset.default;
    cancel.hidden = true;
    home.append(box);
    (opener ?? box.querySelector("textarea")).focus();
    opener = null;
  }
}
