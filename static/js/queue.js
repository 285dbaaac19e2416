// Decides in place and from the keyboard; without this file each card is a form.
const status = document.querySelector("#queue-status");
const cards = () => [...document.querySelectorAll(".queue-card:not([hidden])")];
const undone = []; // notices whose decisions can be taken back, newest last
let current = null;

function focusOn(card) {
  current = card ?? null;
  const target = card ?? document.querySelector(".queue-more:not([hidden]) a, .queue-next a");
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
}

function say(node) {
  status.replaceChildren(node);
}

function sayText(text) {
  const line = document.createElement("p");
  line.className = "queue-told";
  line.textContent = text;
  say(line);
}

function offerRetry(form, button) {
  const retry = document.createElement("button");
  retry.type = "button";
  retry.textContent = status.dataset.retry;
  retry.addEventListener("click", () => send(form, button));
  sayText(status.dataset.lost);
  status.append(retry);
  retry.focus();
}

async function send(form, button) {
  if (form.dataset.sending) return;
  form.dataset.sending = "true";
  const body = new FormData(form, button);
  body.set("fragment", "notice");
  const reply = await fetch(form.action, { method: "POST", body }).catch(() => null);
  delete form.dataset.sending;
  if (!reply || reply.redirected || reply.status >= 500) return offerRetry(form, button);
  const holder = document.createElement("div");
  holder.innerHTML = await reply.text();
  if (![200, 409, 422].includes(reply.status)) return sayText(status.dataset.lost);
  settle(form, holder, reply.status);
}

function settle(form, holder, code) {
  const notice = holder.querySelector(".queue-undo");
  const isUndo = form.classList.contains("queue-undo");
  const decided = notice?.dataset.comments.split(" ") ?? [];
  if (isUndo && code === 200) {
    undone.splice(undone.indexOf(form), 1);
    notice?.remove(); // an undo of an undo is made by deciding again
    const text = document.createElement("p");
    text.textContent = notice?.querySelector("span").textContent ?? "";
    holder.append(text);
  }
  say(holder);
  if (isUndo) return bringBack(form.dataset.comments.split(" "));
  if (notice) undone.push(notice);
  if (code === 422) return;
  const gone = code === 409 ? selectedIn(form) : decided;
  hide(form.closest(".queue-ban") ? [] : gone);
}

function selectedIn(form) {
  return new FormData(form).getAll("comment").map(String);
}

function hide(ids) {
  const all = cards();
  const going = all.filter((card) => ids.includes(card.dataset.comment));
  if (!going.length) return;
  const after = all.slice(all.indexOf(going.at(-1)) + 1);
  for (const card of going) {
    card.hidden = true;
    const box = card.querySelector(".queue-select input");
    if (box) box.checked = false;
  }
  const left = cards();
  document.querySelector(".queue-more").hidden = left.length > 0;
  focusOn(after.find((card) => !card.hidden) ?? left.at(-1));
}

function bringBack(ids) {
  const back = ids.map((id) => document.querySelector(`#card-${id}`)).filter(Boolean);
  for (const card of back) card.hidden = false;
  if (!back.length) return;
  document.querySelector(".queue-more").hidden = true;
  focusOn(back[0]);
}

async function showContext(card) {
  const place = card.querySelector(".queue-context");
  place.hidden = !place.hidden;
  if (place.hidden || place.childElementCount) return;
  const link = card.querySelector(".queue-context-link");
  const reply = await fetch(`${link.href}?fragment=1`).catch(() => null);
  if (reply?.ok && !reply.redirected) {
    place.innerHTML = await reply.text();
  } else {
    place.hidden = true;
    sayText(status.dataset.lost);
  }
}

function open(card, kind, field) {
  const details = card.querySelector(`.queue-${kind}`);
  if (!details) return;
  details.open = true;
  details.querySelector(field).focus();
}

function decide(card, decision) {
  card.querySelector(`.queue-decision button[value="${decision}"]`)?.click();
}

function move(by) {
  const all = cards();
  const at = all.indexOf(current);
  focusOn(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
}

const keys = {
  j: () => move(1),
  ArrowDown: () => move(1),
  k: () => move(-1),
  ArrowUp: () => move(-1),
  a: (card) => decide(card, "approve"),
  s: (card) => decide(card, "spam"),
  d: (card) => decide(card, "remove"),
  r: (card) => open(card, "answer", "textarea"),
  R: (card) => open(card, "answer", "textarea"),
  w: (card) => card.querySelector('[name="word"]')?.focus(),
  x: (card) => card.querySelector(".queue-select input")?.click(),
  c: (card) => showContext(card),
  z: () => undone.at(-1)?.requestSubmit(),
  "?": () => {
    const help = document.querySelector("#queue-help");
    help.open = !help.open;
    help.querySelector("summary").focus();
  },
};
const WITHOUT_CARD = ["j", "k", "ArrowDown", "ArrowUp", "z", "?"];

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest('textarea, select, input:not([type="checkbox"])')) {
    if (event.key === "Escape") focusOn(event.target.closest(".queue-card"));
    return;
  }
  if (/^[1-9]$/.test(event.key) && current) {
    const faults = current.querySelector('.queue-decision [name="fault"]');
    if (faults) faults.selectedIndex = Number(event.key);
    return;
  }
  const act = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
  if (!act) return;
  event.preventDefault();
  // Nothing is decided about a card that was not looked at: the first key leads to it.
  if (current || WITHOUT_CARD.includes(event.key)) act(current);
  else move(1);
});

document.addEventListener("focusin", (event) => {
  const card = event.target.closest(".queue-card");
  if (card) current = card;
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.closest(".queue-page") || form.method !== "post") return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest(".queue-context-link");
  const card = link?.closest(".queue-card");
  if (!card || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  showContext(card);
});

// Notices the server sent with the page can be undone with the key too.
const first = status?.querySelector(".queue-undo");
if (first) undone.push(first);
