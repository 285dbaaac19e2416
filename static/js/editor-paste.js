// Pictures dropped or pasted into the body go into the library and stand there as
// figures; words from office programs come out clean; a link to one of our stories can
// become a READ MORE line. Without it only plain text can be pasted well.
import { crel, Extension, gettext, pm } from "django-prose-editor/editor";

const { Plugin } = pm.state;
const ADMIN = "/admin/articles/";
// Elements within each other: past that a browser works for minutes on what is pasted.
const MOST_NESTED = 200;
// Closed by what follows them, or never.
const NOT_NESTING = /^(p|li|br|hr|img|input|meta|link|wbr|col|area|base|embed|source|track|t[rhd]|thead|tbody|tfoot|caption)$/i;
const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

// One line under the text: what is going on, and what can be done about it.
function lineOf(editor) {
  const box = editor.view.dom.closest(".prose-editor");
  let lines = box.querySelector(".editor-lines");
  if (!lines) {
    lines = crel("div", { className: "editor-lines", role: "status" });
    box.append(lines);
  }
  const line = crel("p");
  lines.append(line);
  return line;
}

function button(text, act) {
  const made = crel("button", { type: "button", className: "button", textContent: text });
  made.addEventListener("click", act);
  return made;
}

// A button that takes its line away and gives the cursor back.
const closing = (text, editor, line) =>
  button(text, () => {
    line.remove();
    editor.commands.focus();
  });

async function send(file) {
  const body = new FormData();
  body.set("file", file);
  const options = { method: "POST", body, headers: { "X-CSRFToken": token() } };
  const reply = await fetch(`${ADMIN}image/upload/`, options).catch(() => null);
  if (!reply) return { error: gettext("No connection.") };
  return reply.json().catch(() => ({ error: gettext("The server did not take it.") }));
}

// Uploads one file and puts its figure after the block that the cursor was in.
async function upload(editor, file) {
  const line = lineOf(editor);
  const attempt = async () => {
    line.replaceChildren(`${gettext("Uploading")} ${file.name}…`);
    const answer = await send(file);
    if (answer.error) {
      line.replaceChildren(`${file.name}: ${answer.error} `, button(gettext("Try again"), attempt), " ", closing(gettext("Never mind"), editor, line));
      return;
    }
    const content = answer.caption ? [{ type: "text", text: answer.caption }] : [];
    const figure = { type: "storyFigure", attrs: { image: String(answer.id), layout: "column" }, content };
    const { $to } = editor.state.selection;
    const at = $to.depth ? $to.after(1) : $to.pos;
    editor.chain().insertContentAt(at, figure).run();
    const said = answer.duplicate ? gettext("It is in the library already; that one is used.") : gettext("It is in the library now.");
    const lacks = answer.lacks?.length ? ` ${gettext("Before publishing it needs:")} ${answer.lacks.join(", ")}.` : "";
    const edit = crel("a", { href: `${ADMIN}image/${answer.id}/change/`, target: "_blank", textContent: gettext("Describe it") });
    line.replaceChildren(`${file.name}: ${said}${lacks} `, ...(lacks ? [edit, " "] : []), closing(gettext("Close"), editor, line));
  };
  await attempt();
}

async function uploadAll(editor, files) {
  for (const file of files) await upload(editor, file); // in their order, one at a time
}

const pictures = (transfer) => [...(transfer?.files ?? [])].filter((file) => file.type.startsWith("image/"));

// Offers a block in the place of a pasted address: a READ MORE line, if it is a story of
// ours, or what a provider shows there.
async function offerBlock(editor, address) {
  const query = new URLSearchParams({ address });
  const reply = await fetch(`${ADMIN}article/at/?${query}`).catch(() => null);
  const found = reply?.ok ? await reply.json() : {};
  if (!found.id && !found.provider) return;
  const block = found.id
    ? { type: "readMore", attrs: { "read-more": String(found.id) } }
    : { type: "embed", attrs: { embed: address, title: found.provider } };
  const line = lineOf(editor);
  const accept = () => {
    line.remove();
    let range = null;
    editor.state.doc.descendants((node, from) => {
      const at = node.isText ? node.text.indexOf(address) : -1;
      if (!range && at >= 0) range = { from: from + at, to: from + at + address.length };
    });
    if (!range) return editor.commands.focus();
    const $at = editor.state.doc.resolve(range.from);
    const isAlone = $at.depth === 1 && $at.parent.textContent.trim() === address;
    const place = isAlone ? { from: $at.before(1), to: $at.after(1) } : range;
    const chain = editor.chain().deleteRange(place);
    chain.insertContentAt(isAlone ? place.from : $at.after(1) - address.length, block).focus().run();
  };
  const said = found.id
    ? `“${found.headline}” ${gettext("is one of our stories.")} `
    : `${found.provider} ${gettext("can be shown in the story, after a click.")} `;
  const offer = found.id ? gettext("Make it a READ MORE line") : gettext("Show it in the story");
  line.append(said, button(offer, accept), " ", closing(gettext("Keep the link"), editor, line));
}

// Says something about what was pasted, until it is read.
function say(editor, text) {
  const line = lineOf(editor);
  line.append(text, " ", closing(gettext("Close"), editor, line));
}

function isTooDeep(html) {
  let depth = 0;
  for (const [, closing, tag] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    if (NOT_NESTING.test(tag)) continue;
    depth = closing ? Math.max(depth - 1, 0) : depth + 1;
    if (depth > MOST_NESTED) return true;
  }
  return false;
}

// Word writes a list as paragraphs with a bullet typed in front; Docs wraps all in <b>.
function cleaned(pasted, editor) {
  const html = pasted.replace(/<style[\s\S]*?<\/style>|<!--[\s\S]*?-->/gi, "");
  if (isTooDeep(html)) {
    say(editor, gettext("What you pasted is nested too deeply to keep its form: it came as plain text."));
    const text = html.replace(/<\/(p|div|li|h[1-6]|tr|blockquote)>|<br>/gi, "\0").replace(/<[^>]*>/g, " ");
    return text.split("\0").map((words) => `<p>${words}</p>`).join("");
  }
  // Under the policy a style may not even be parsed: it is read from another attribute.
  const inert = html.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
  const page = new DOMParser().parseFromString(inert, "text/html");
  for (const useless of page.querySelectorAll("style, script, meta, link, title, xml")) useless.remove();
  for (const wrapper of page.querySelectorAll("b[id^=docs-internal-guid]")) wrapper.replaceWith(...wrapper.childNodes);
  for (const [from, to] of [["h1", "h2"], ["h4, h5, h6", "h3"]]) {
    for (const old of page.querySelectorAll(from)) {
      const made = page.createElement(to);
      made.append(...old.childNodes);
      old.replaceWith(made);
    }
  }
  // The editor's tables keep their caption in an attribute.
  for (const caption of page.querySelectorAll("table > caption")) {
    caption.parentElement.dataset.caption = caption.textContent.trim().replace(/\s+/g, " ");
    caption.remove();
  }
  let list = null;
  for (const entry of page.querySelectorAll("p[class*=MsoListParagraph]")) {
    const mark = [...entry.querySelectorAll("span")].find((span) => /mso-list:\s*Ignore/i.test(span.dataset.style ?? ""));
    const kind = /^\s*[\dA-Za-z]+[.)]/.test(mark?.textContent ?? "") ? "ol" : "ul";
    mark?.remove();
    if (list?.localName !== kind || list.nextElementSibling !== entry) {
      list = page.createElement(kind);
      entry.before(list);
    }
    const item = page.createElement("li");
    const words = page.createElement("p");
    words.append(...entry.childNodes);
    item.append(words);
    list.append(item);
    entry.remove();
  }
  for (const paragraph of page.querySelectorAll("p, h2, h3")) {
    if (!paragraph.textContent.trim()) paragraph.remove();
  }
  for (const styled of page.querySelectorAll("[data-style]")) keepMarks(styled, page);
  return page.body.innerHTML;
}

// Bold and italic said in a style become elements.
function keepMarks(element, page) {
  const { style } = element.dataset;
  delete element.dataset.style;
  if (element.localName !== "span") return;
  for (const [said, tag] of [[/font-weight:\s*(bold|[6-9]00)/i, "strong"], [/font-style:\s*italic/i, "em"], [/vertical-align:\s*super/i, "sup"], [/vertical-align:\s*sub/i, "sub"]]) {
    if (!said.test(style)) continue;
    const mark = page.createElement(tag);
    mark.append(...element.childNodes);
    element.append(mark);
  }
}

export const StoryPaste = Extension.create({
  name: "storyPaste",

  addProseMirrorPlugins() {
    const { editor } = this;
    return [
      new Plugin({
        props: {
          transformPastedHTML: (html) => cleaned(html, editor),
          handlePaste(view, event) {
            const files = pictures(event.clipboardData);
            const text = event.clipboardData?.getData("text/plain").trim() ?? "";
            const html = event.clipboardData?.getData("text/html") ?? "";
            if (files.length && !html.includes("<p")) {
              uploadAll(editor, files);
              return true;
            }
            if (/<img\b/i.test(html)) say(editor, gettext("Pictures among the words were left out. Paste or drop each of them by itself."));
            if (/^https?:\/\/\S+$/.test(text)) offerBlock(editor, text);
            return false;
          },
          handleDrop(view, event) {
            const files = pictures(event.dataTransfer);
            if (!files.length) return false;
            event.preventDefault();
            const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
            if (at) editor.commands.setTextSelection(at.pos);
            uploadAll(editor, files);
            return true;
          },
        },
      }),
    ];
  },
});
