// A story's small conveniences, in one file so that the page asks for one. Without it
// the address can be copied, what stands elsewhere is a link, and staff go to the form.

// The system's own sheet for sharing, where there is one.
for (const button of document.querySelectorAll(".share button")) {
  if (!navigator.share) break;
  button.hidden = false;
  button.addEventListener("click", () => {
    const { title, url } = button.dataset;
    navigator.share({ title, url }).catch(() => {}); // closed again: nothing is wrong
  });
}

// What another site shows, in a frame of ours, and not before it is asked for.
for (const offer of document.querySelectorAll(".embed-offer")) {
  offer.hidden = false;
  offer.firstElementChild.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.src = offer.dataset.frame;
    frame.title = offer.previousElementSibling.textContent.trim();
    frame.allow = "fullscreen; encrypted-media; picture-in-picture";
    offer.replaceWith(frame);
    frame.focus();
  });
}

let isStaff = false;
try {
  isStaff = localStorage.getItem("newsroom-staff") !== null;
} catch {
  // The browser keeps nothing for us, so it knows no staff.
}

// The link to the story's form, for browsers that know their reader as staff.
if (isStaff) {
  for (const place of document.querySelectorAll(".edit-link")) {
    const link = document.createElement("a");
    link.href = `/admin/articles/article/${place.dataset.article}/change/`;
    link.append(...place.childNodes);
    place.append(link);
    place.hidden = false;
  }
}
