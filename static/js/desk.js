// Lets public pages offer an "Edit" link in this browser; without it there is none.
if (document.querySelector("#user-tools")) {
  localStorage.setItem("newsroom-staff", "1");
} else {
  localStorage.removeItem("newsroom-staff");
}

// Asks before a form is left that holds what nobody has saved.
const form = document.querySelector("#content-main form[id$=_form]");
let isUnsaved = false;
form?.addEventListener("input", () => { isUnsaved = true; });
form?.addEventListener("submit", (event) => {
  if (!event.submitter?.formTarget) isUnsaved = false; // a preview saves nothing
});
window.addEventListener("beforeunload", (event) => {
  if (isUnsaved) event.preventDefault();
});

// Asks before a button does what readers notice at once.
for (const button of document.querySelectorAll("[data-confirm]")) {
  button.addEventListener("click", (event) => {
    if (!window.confirm(button.dataset.confirm)) event.preventDefault();
  });
}
