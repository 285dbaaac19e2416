// Keeps what is typed into a story's form, in this browser and on the server, and says
// who else has the story open. Without it only what is saved is kept.
const box = document.querySelector("#unsaved");
const form = box.closest("form");
const { url, editor } = box.dataset;
const article = Number(box.dataset.article) || null;
const key = form.elements.copy.value;
const PREFIX = "newsroom-unsaved:";
const QUIET = 1500; // milliseconds without a key pressed, before the server is told
const HEARTBEAT = 20_000; // milliseconds; the server takes a form for closed after 65 s
// What differs in every form, and what is not the story's.
const NOT_TYPED = new Set(["csrfmiddlewaretoken", "base", "copy"]);

const state = box.querySelector(".unsaved-state");
const say = (what, about = {}) => {
  state.textContent = (box.dataset[what] ?? "").replace("%time", about.time ?? "");
  state.dataset.state = what;
};

function typed() {
  const values = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") (values[name] ??= []).push(value);
  }
  return values;
}

// After a refusal the form holds what was typed before: all of it differs from the story.
const before = box.dataset.bound ? {} : typed();
const same = (one, other) => JSON.stringify(one ?? []) === JSON.stringify(other ?? []);

function changes() {
  const now = typed();
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  const fields = [...names].filter((name) => !NOT_TYPED.has(name) && !same(now[name], before[name]));
  if (!fields.length) return null;
  return [...fields, "base", "copy"].map((name) => [name, now[name] ?? []]);
}

function keepHere(fields) {
  const copy = { article, editor, typed: Date.now() / 1000, fields };
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(copy));
    return true;
  } catch {
    return false; // the browser's room is full: the server's copy is the one
  }
}

function copiesHere() {
  const copies = [];
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(PREFIX)) continue;
    const copy = JSON.parse(localStorage.getItem(name));
    if (copy.editor === editor && copy.article === article) {
      copies.push({ ...copy, key: name.slice(PREFIX.length) });
    }
  }
  return copies;
}

async function tell(what, options = {}) {
  const send = () =>
    fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
      },
      body: JSON.stringify({ key, article, ...what }),
      ...options,
    });
  let reply = await send();
  if (reply.status === 403) {
    // Someone signed in anew in another tab: this form's token is an old one.
    const fresh = await fetch(url);
    if (fresh.redirected || !fresh.ok) return { signedOut: true };
    const answer = await fresh.json();
    // What one wrote is not saved in the name of another who uses this browser.
    if (String(answer.editor) !== editor) return { signedOut: true, as: "someoneElse" };
    form.elements.csrfmiddlewaretoken.value = answer.token;
    reply = await send();
  }
  if (reply.redirected) return { signedOut: true };
  return reply.json();
}

let noted = null; // what was typed when it was last looked at
let waiting = null; // what the server has not been told yet
let timer;

async function keep(more = {}) {
  const fields = waiting;
  const answer = await tell({ ...(fields && { fields }), ...more }).catch(() => null);
  if (!answer) {
    say("lost");
    return null;
  }
  if (answer.signedOut) {
    say(answer.as ?? "signedOut");
    if (!answer.as) state.append(" ", signIn());
    return null;
  }
  if (answer.error) {
    say("failed");
    return null;
  }
  if (waiting === fields) waiting = null;
  if (answer.kept) say("kept", { time: answer.kept });
  const others = box.querySelector(".unsaved-others");
  if (others.textContent !== answer.others) others.textContent = answer.others;
  others.hidden = !answer.others;
  return answer;
}

function signIn() {
  const link = document.createElement("a");
  link.href = box.dataset.login;
  link.target = "_blank";
  link.textContent = box.dataset.signIn;
  return link;
}

function noteTyping() {
  const fields = changes();
  if (!fields || same(fields, noted)) return;
  noted = waiting = fields;
  const isHere = keepHere(fields);
  // What is wrong stays said, with its link, until the server answers again.
  if (!["signedOut", "someoneElse", "lost"].includes(state.dataset.state)) say(isHere ? "here" : "notHere");
  clearTimeout(timer);
  timer = setTimeout(keep, QUIET);
}

function offer(copy) {
  const dated = new Date(copy.typed * 1000);
  const now = typed();
  const fields = new Map(copy.fields);
  const differs = copy.fields.some(([name, values]) => !NOT_TYPED.has(name) && !same(values, now[name]));
  if (!differs) return false;
  const line = box.querySelector("template").content.cloneNode(true).firstElementChild;
  const time = document.createElement("time");
  time.dateTime = dated.toISOString();
  time.textContent = dated.toLocaleString(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  line.querySelector(".unsaved-when").append(time);
  line.querySelector("b").textContent = fields.get("headline")?.[0] ?? now.headline?.[0] ?? "";
  line.querySelector("[name=restore]").addEventListener("click", () => restore({ ...now, ...Object.fromEntries(fields) }));
  line.querySelector("[name=discard]").addEventListener("click", () => {
    localStorage.removeItem(PREFIX + copy.key);
    keep({ discard: [copy.key] });
    line.remove();
  });
  box.querySelector(".unsaved-offers").append(line);
  return true;
}

// Sends what was typed to the form's own address, which fills it in and saves nothing.
function restore(values) {
  const sent = document.createElement("form");
  sent.method = "post";
  sent.action = location.pathname;
  sent.hidden = true;
  const token = form.elements.csrfmiddlewaretoken.value;
  for (const [name, list] of Object.entries({ ...values, csrfmiddlewaretoken: [token], _restore: ["1"] })) {
    for (const value of list) {
      const field = document.createElement("textarea");
      field.name = name;
      field.value = value;
      sent.append(field);
    }
  }
  document.body.append(sent);
  sent.submit();
}

async function begin() {
  const here = copiesHere().filter((copy) => copy.key !== key);
  const answer = await keep({ known: here.map((copy) => copy.key) });
  const settled = new Set(answer?.settled ?? []);
  for (const one of settled) localStorage.removeItem(PREFIX + one);
  const copies = new Map((answer?.copies ?? []).map((copy) => [copy.key, copy]));
  for (const copy of here) {
    if (settled.has(copy.key)) continue;
    if (!(copies.get(copy.key)?.typed > copy.typed)) copies.set(copy.key, copy);
  }
  const useless = [...copies.values()].sort((one, other) => other.typed - one.typed).filter((copy) => !offer(copy));
  for (const copy of useless) localStorage.removeItem(PREFIX + copy.key);
  if (useless.length && answer) keep({ discard: useless.map((copy) => copy.key) });
}

form.addEventListener("input", noteTyping);
form.addEventListener("change", noteTyping);
// Django's own lists to choose from speak through its jQuery alone.
window.django?.jQuery?.(form).on("change", "select", noteTyping);
window.addEventListener("online", () => keep());
// Back from another tab, where they may have signed in: Save needs the new token.
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && keep());
window.addEventListener("focus", () => ["signedOut", "someoneElse"].includes(state.dataset.state) && keep());
setInterval(() => document.visibilityState === "visible" && keep(), HEARTBEAT);
window.addEventListener("pagehide", () => {
  const fields = changes();
  if (fields) keepHere(fields);
  if (article) tell({ left: true }, { keepalive: true }).catch(() => null);
});
begin();
