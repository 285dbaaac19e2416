// Uploads one picture after the other, each with its progress; without it the form posts.
const form = document.querySelector("form.upload-several");
const template = document.querySelector("#upload");
const words = template.dataset;
const list = document.querySelector("#uploads");
const status = document.querySelector(".upload-status");
const next = document.querySelector(".upload-next");
const input = form.querySelector("input[type=file]");
const zone = form.querySelector(".drop-zone");
const waiting = [];
const added = new URLSearchParams(next.firstElementChild.search).get("ids")?.split(",") ?? [];
const count = { all: 0, done: 0, refused: 0 };
let isBusy = false;

// The request that shows how far it is: fetch cannot say that of what it sends.
function send(file, progress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("file", file);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => resolve(request));
    request.open("POST", form.dataset.upload);
    request.send(body);
  });
}

function add(file) {
  const item = template.content.cloneNode(true).firstElementChild;
  item.querySelector(".upload-name").textContent = file.name;
  const again = item.querySelector("button");
  again.addEventListener("click", () => {
    again.hidden = true;
    count.refused -= 1;
    waiting.push([file, item]);
    work();
  });
  list.append(item);
  count.all += 1;
  waiting.push([file, item]);
}

async function work() {
  if (isBusy) return;
  isBusy = true;
  while (waiting.length) {
    const [file, item] = waiting.shift();
    item.dataset.state = "going";
    const progress = item.querySelector("progress");
    progress.hidden = false;
    show(item, await send(file, progress));
    progress.hidden = true;
    tell();
  }
  isBusy = false;
}

function show(item, { status: code, response }) {
  const outcome = item.querySelector(".upload-outcome");
  if (response?.id) {
    const link = document.createElement("a");
    link.href = form.dataset.change.replace("/0/", `/${response.id}/`);
    link.textContent = response.text;
    item.dataset.state = response.duplicate ? "there" : "new";
    outcome.replaceChildren(response.duplicate ? words.there : words.new, " ", link);
    count.done += 1;
    if (!response.duplicate) added.push(response.id);
    return;
  }
  item.dataset.state = "refused";
  outcome.textContent = response?.error ?? (code ? words.strange : words.lost);
  item.querySelector("button").hidden = Boolean(response?.error);
  count.refused += 1;
}

function tell() {
  status.textContent = words.status
    .replace("DONE", count.done)
    .replace("ALL", count.all)
    .replace("REFUSED", count.refused);
  if (!added.length) return;
  next.firstElementChild.href = `${form.dataset.describe}?ids=${added.join(",")}`;
  next.hidden = false;
}

function take(files) {
  for (const file of files) add(file);
  if (files.length) tell();
  work();
}

form.querySelector(".drop-hint").hidden = false;
for (const part of form.querySelectorAll(".plain-hint, .submit-row")) part.hidden = true;
function takeChosen() {
  take([...input.files]);
  input.value = "";
}
input.addEventListener("change", takeChosen);
if (input.files.length) takeChosen(); // before this script was there
form.addEventListener("submit", (event) => event.preventDefault());

for (const kind of ["dragenter", "dragover"]) {
  zone.addEventListener(kind, (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    zone.dataset.over = "";
  });
}
zone.addEventListener("dragleave", () => delete zone.dataset.over);
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  delete zone.dataset.over;
  take([...event.dataTransfer.files]);
});
window.addEventListener("beforeunload", (event) => {
  if (isBusy) event.preventDefault();
});
