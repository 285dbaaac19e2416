// The body editor's own blocks: figure, READ MORE, pull quote. Without it they are lost.
import { crel, gettext, Node } from "django-prose-editor/editor";

export const ADMIN = "/admin/";
const LAYOUTS = {
  column: gettext("In the column"),
  wide: gettext("Wide"),
  start: gettext("At the start side"),
  end: gettext("At the end side"),
};

// The admin's own suggestions, asked for as its autocomplete fields ask.
export async function suggestions(model, field, term) {
  const query = new URLSearchParams({
    app_label: "articles",
    model_name: model,
    field_name: field,
    term,
  });
  const reply = await fetch(`${ADMIN}autocomplete/?${query}`).catch(() => null);
  return reply?.ok ? (await reply.json()).results : null;
}

// A dialog with a search box and a list to choose from; resolves to a result or null.
export function pick({ title, search, elsewhere }) {
  return new Promise((resolve) => {
    const list = crel("ul");
    const status = crel("p", { role: "status" });
    const input = crel("input", { type: "search", autocomplete: "off" });
    const dialog = crel("dialog", { className: "picker", "aria-label": title }, [
      crel("label", {}, [title, input]),
      status,
      list,
      ...(elsewhere ? [elsewhere((choice) => finish(choice))] : []),
      crel("button", { type: "button", className: "button", textContent: gettext("Cancel") }),
    ]);
    const finish = (choice) => {
      resolve(choice);
      dialog.close();
    };
    let latest = 0;
    const show = async () => {
      const asked = ++latest;
      const results = await search(input.value);
      if (asked !== latest) return; // an older answer came late
      list.replaceChildren(...(results ?? []).map((result) => entry(result, finish)));
      status.textContent = results?.length
        ? ""
        : results
          ? gettext("Nothing found.")
          : gettext("The list could not be read. Type again to retry.");
    };
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // it would submit the story's form
      list.querySelector("button")?.click();
    });
    dialog.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const stops = [input, ...list.querySelectorAll("button")];
      const at = stops.indexOf(document.activeElement);
      if (!by || at < 0) return;
      event.preventDefault(); // the page under it would scroll
      stops[at + by]?.focus();
    });
    dialog.lastElementChild.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      resolve(null);
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
    show();
  });
}

function entry(result, finish) {
  const picture = result.picture
    ? [crel("img", { src: result.picture, alt: "", loading: "lazy" })]
    : [];
  const button = crel("button", { type: "button" }, [...picture, result.text]);
  button.addEventListener("click", () => finish(result));
  return crel("li", {}, [button]);
}

function pageElsewhere(finish) {
  const url = crel("input", { type: "url", placeholder: "https://example.org/…" });
  const title = crel("input", { type: "text" });
  const insert = crel("button", {
    type: "button",
    className: "button",
    textContent: gettext("Insert this page"),
  });
  insert.addEventListener("click", () => {
    url.required = title.required = true;
    if (url.reportValidity() && title.reportValidity()) {
      finish({ href: url.value, title: title.value });
    }
  });
  return crel("details", {}, [
    crel("summary", { textContent: gettext("A page elsewhere") }),
    crel("label", {}, [gettext("Address"), url]),
    crel("label", {}, [gettext("Title"), title]),
    insert,
  ]);
}

// An attribute that is stored as data-NAME in the HTML.
export const data = (name, initial = "") => ({
  default: initial,
  parseHTML: (element) => element.getAttribute(`data-${name}`) ?? initial,
  renderHTML: (attributes) => ({ [`data-${name}`]: attributes[name] }),
});

export function blockButton({ buttons, menu }, { icon, sign, title, ...item }) {
  const button = icon ? buttons.material(icon, title) : buttons.text(sign, title);
  menu.defineItem({ groups: "nodes storyBlocks", button, ...item });
}

// Puts the cursor into the text after the block it is in, where one writes on.
export function writeOn(editor) {
  const { doc, selection } = editor.state;
  const { $from, to } = selection;
  const after = $from.depth ? $from.after(1) : to;
  const writing = editor.chain();
  if (!doc.nodeAt(after)?.isTextblock) {
    writing.insertContentAt(after, { type: "paragraph" });
  }
  return writing.setTextSelection(after + 1).focus().run();
}

// Moves the block that the cursor is in, or that is selected, past its neighbour.
// A picture in a gallery moves among the others there.
function moveBlock({ state, view }, by) {
  const { selection, tr } = state;
  const { $from, $to } = selection;
  const depth = $from.depth && $from.node(1).type.name === "gallery" ? 1 : 0;
  const around = $from.node(depth);
  const index = $from.index(depth);
  const block = around.maybeChild(index);
  const neighbour = around.maybeChild(index + by);
  if (!block || !neighbour || $to.indexAfter(depth) > index + 1) return false;
  let start = $from.start(depth);
  for (let before = 0; before < index; before++) start += around.child(before).nodeSize;
  const distance = by * neighbour.nodeSize;
  tr.delete(start, start + block.nodeSize).insert(start + distance, block);
  const { constructor: Selection, anchor, head } = selection;
  tr.setSelection(Selection.create(tr.doc, anchor + distance, head + distance));
  view.dispatch(tr.scrollIntoView());
  return true;
}

export const StoryFigure = Node.create({
  name: "storyFigure",
  group: "block",
  content: "inline*",
  draggable: true,
  isolating: true,

  addAttributes() {
    return { image: data("image"), layout: data("layout", "column") };
  },
  parseHTML() {
    return [{ tag: "figure[data-image]", contentElement: "figcaption" }];
  },
  renderHTML({ HTMLAttributes }) {
    return ["figure", HTMLAttributes, ["figcaption", 0]];
  },

  // Stated with one of the blocks, these hold for all of them, paragraphs as well.
  addKeyboardShortcuts() {
    return {
      Enter: () => this.editor.isActive("storyFigure") && writeOn(this.editor),
      "Alt-ArrowUp": () => moveBlock(this.editor, -1),
      "Alt-ArrowDown": () => moveBlock(this.editor, 1),
    };
  },

  addNodeView() {
    return ({ node, editor, getPos }) => {
      const layouts = Object.entries(LAYOUTS).map(([value, textContent]) =>
        crel("option", { value, textContent }),
      );
      const select = crel("select", { "aria-label": gettext("Layout") }, layouts);
      select.value = node.attrs.layout;
      select.addEventListener("change", () => {
        editor
          .chain()
          .command(({ tr }) => tr.setNodeAttribute(getPos(), "layout", select.value))
          .run();
      });
      const picture = crel("img", {
        src: `${ADMIN}articles/image/${node.attrs.image}/picture/`,
        alt: gettext("Picture"),
        draggable: false,
      });
      const caption = crel("figcaption", {
        "data-prompt": gettext("Caption; empty: the picture's own"),
      });
      const takeOut = crel("button", {
        type: "button",
        className: "button",
        textContent: gettext("Take out"),
      });
      takeOut.addEventListener("click", () => {
        const $at = editor.state.doc.resolve(getPos());
        const isTheLast = $at.depth && $at.parent.childCount === 1; // of a gallery
        const from = isTheLast ? $at.before() : $at.pos;
        const to = isTheLast ? $at.after() : $at.pos + $at.nodeAfter.nodeSize;
        editor.chain().deleteRange({ from, to }).focus().run();
      });
      const furniture = crel("div", { contentEditable: "false" }, [picture]);
      const below = crel("div", { contentEditable: "false" }, [select, " ", takeOut]);
      const dom = crel("figure", { className: "block block-figure" }, [
        furniture,
        caption,
        below,
      ]);
      return {
        dom,
        contentDOM: caption,
        ignoreMutation: (mutation) => !caption.contains(mutation.target),
        stopEvent: (event) => select.contains(event.target) || takeOut === event.target,
        update: (changed) => {
          if (changed.type.name !== "storyFigure") return false;
          if (changed.attrs.image !== node.attrs.image) return false;
          select.value = changed.attrs.layout;
          return true;
        },
      };
    };
  },

  addMenuItems(context) {
    blockButton(context, {
      name: "storyFigure",
      icon: "image",
      title: gettext("Insert a picture"),
      active: (editor) => editor.isActive("storyFigure"),
      command: async (editor) => {
        const image = await pick({
          title: gettext("Which picture?"),
          search: (term) => suggestions("article", "lead_image", term),
        });
        if (!image) return;
        const content = image.caption ? [{ type: "text", text: image.caption }] : [];
        const attrs = { image: image.id, layout: "column" };
        editor.chain().focus().insertContent({ type: "storyFigure", attrs, content }).run();
      },
    });
  },
});

function headlineOf(article) {
  const headline = crel("span");
  fetch(`${ADMIN}articles/article/${article}/headline/`)
    .then((reply) => (reply.ok ? reply.text() : gettext("a story that is gone")))
    .catch(() => `#${article}`)
    .then((text) => {
      headline.textContent = text;
    });
  return headline;
}

// A field in which the title or the address of a page elsewhere is changed in place; one
// with a `prompt` may stay empty.
export function fieldOf(node, name, editor, getPos, prompt = "") {
  const isAddress = name === "href" || name === "embed";
  const field = crel("input", {
    type: isAddress ? "url" : "text",
    value: node.attrs[name],
    placeholder: prompt,
    ariaLabel: prompt || (isAddress ? gettext("Address") : gettext("Title")),
  });
  field.dataset.name = name;
  field.addEventListener("change", () => {
    const isWrong = !(prompt || field.value.trim()) || !field.checkValidity();
    field.setAttribute("aria-invalid", isWrong);
    if (isWrong) return;
    editor.chain().command(({ tr }) => tr.setNodeAttribute(getPos(), name, field.value.trim())).run();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it would submit the story's form
  });
  return field;
}

export const ReadMore = Node.create({
  name: "readMore",
  group: "block",
  atom: true,
  draggable: true,

  addAttributes() {
    return { "read-more": data("read-more"), href: data("href"), title: data("title") };
  },
  parseHTML() {
    return [{ tag: "div[data-read-more]" }];
  },
  renderHTML({ node }) {
    const { "read-more": article, href, title } = node.attrs;
    const elsewhere = article ? {} : { "data-href": href, "data-title": title };
    return ["div", { "data-read-more": article, ...elsewhere }];
  },

  addNodeView() {
    return ({ node, editor, getPos }) => {
      const { "read-more": article } = node.attrs;
      const label = crel("b", { textContent: `${gettext("READ MORE")}: ` });
      const dom = crel("div", { className: "block block-read-more" }, [label]);
      if (article) {
        dom.append(headlineOf(article));
        return { dom };
      }
      const fields = ["title", "href"].map((name) => fieldOf(node, name, editor, getPos));
      dom.append(...fields);
      return {
        dom,
        stopEvent: (event) => fields.includes(event.target),
        ignoreMutation: () => true,
        update: (changed) => {
          if (changed.type.name !== "readMore" || changed.attrs["read-more"]) return false;
          for (const field of fields) field.value = changed.attrs[field.dataset.name];
          return true;
        },
      };
    };
  },

  addMenuItems(context) {
    blockButton(context, {
      name: "readMore",
      icon: "read_more",
      title: gettext("Insert a READ MORE line"),
      command: async (editor) => {
        const choice = await pick({
          title: gettext("Which story?"),
          search: (term) => suggestions("relatedlink", "target", term),
          elsewhere: pageElsewhere,
        });
        if (!choice) return;
        const attrs = choice.href
          ? { "read-more": "", href: choice.href, title: choice.title }
          : { "read-more": choice.id };
        editor.chain().focus().insertContent({ type: "readMore", attrs }).run();
        writeOn(editor); // the line stays selected: a letter typed would replace it
      },
    });
  },
});

export const PullQuote = Node.create({
  name: "pullQuote",
  group: "block",
  content: "inline*",
  draggable: true,

  parseHTML() {
    return [{ tag: "div[data-pull-quote]" }];
  },
  renderHTML() {
    return ["div", { "data-pull-quote": "" }, 0];
  },

  addMenuItems(context) {
    blockButton(context, {
      name: "pullQuote",
      sign: "❝ ❞",
      title: gettext("Pull quote"),
      active: (editor) => editor.isActive("pullQuote"),
      command: (editor) => {
        const chain = editor.chain().focus();
        if (editor.isActive("pullQuote")) chain.setNode("paragraph").run();
        else chain.setNode("pullQuote").run();
      },
    });
  },
});
