// The blocks of long stories in the body's editor: footnotes, tables, galleries, what
// other sites show, sound and film. Without it they are lost.
import {
  crel,
  getMarkRange,
  gettext,
  Mark,
  mergeAttributes,
  Node,
  Table,
  TableCell,
  TableHeader,
} from "django-prose-editor/editor";
import { ADMIN, blockButton, data, fieldOf, pick, suggestions, writeOn } from "newsroom/editor-blocks";

const GALLERY_LAYOUTS = { grid: gettext("Side by side"), strip: gettext("In a row to scroll") };

// --- Footnotes -----------------------------------------------------------------------

const newKey = () => Math.random().toString(36).slice(2, 5).padEnd(3, "0");

// Puts the cursor behind the note, where the sentence goes on.
function leaveNote(editor) {
  const { $from } = editor.state.selection;
  const note = editor.schema.marks.footnote;
  const range = getMarkRange($from, note) ?? getMarkRange(editor.state.doc.resolve($from.pos - 1), note);
  if (!range) return false;
  return editor
    .chain()
    .setTextSelection(range.to)
    .command(({ tr }) => Boolean(tr.removeStoredMark(note)))
    .focus()
    .run();
}

function toggleNote(editor) {
  const { empty, from } = editor.state.selection;
  if (editor.isActive("footnote")) {
    return editor.chain().focus().extendMarkRange("footnote").unsetMark("footnote").run();
  }
  const attrs = { footnote: newKey() };
  if (!empty) return editor.chain().focus().setMark("footnote", attrs).run();
  const text = gettext("Footnote");
  const content = { type: "text", text, marks: [{ type: "footnote", attrs }] };
  return editor
    .chain()
    .focus()
    .insertContent(content)
    .setTextSelection({ from, to: from + text.length })
    .run();
}

export const Footnote = Mark.create({
  name: "footnote",
  priority: 1100, // around links and bold words, not inside them
  exitable: true,

  addAttributes() {
    return { footnote: data("footnote") };
  },
  parseHTML() {
    return [{ tag: "span[data-footnote]" }];
  },
  renderHTML({ HTMLAttributes }) {
    return ["span", HTMLAttributes, 0];
  },
  addKeyboardShortcuts() {
    const leave = () => this.editor.isActive("footnote") && leaveNote(this.editor);
    return { "Mod-Alt-f": () => toggleNote(this.editor), Enter: leave, Escape: leave };
  },
  addMenuItems(context) {
    blockButton(context, {
      name: "footnote",
      sign: "¹",
      title: gettext("Footnote"),
      active: (editor) => editor.isActive("footnote"),
      command: toggleNote,
    });
  },
});

// --- Tables --------------------------------------------------------------------------

export const StoryTable = Table.extend({
  addAttributes() {
    return { ...this.parent?.(), caption: data("caption") };
  },
  renderHTML({ HTMLAttributes }) {
    return ["table", mergeAttributes(HTMLAttributes), ["tbody", 0]];
  },

  addNodeView() {
    return ({ node, editor, getPos }) => {
      const field = fieldOf(node, "caption", editor, getPos, gettext("Caption of the table"));
      const body = crel("tbody");
      const dom = crel("div", { className: "block block-table" }, [
        crel("div", { contentEditable: "false" }, [field]),
        crel("table", {}, [body]),
      ]);
      return {
        dom,
        contentDOM: body,
        stopEvent: (event) => event.target === field,
        ignoreMutation: (mutation) => !body.contains(mutation.target),
        update: (changed) => {
          if (changed.type.name !== "table") return false;
          field.value = changed.attrs.caption;
          return true;
        },
      };
    };
  },

  addCommands() {
    return {
      ...this.parent?.(),
      // Straight away, with headings at the top: rows and columns are added in place.
      insertTableWithOptions:
        () =>
        ({ commands }) =>
          commands.insertTable({ rows: 3, cols: 3, withHeaderRow: true }),
    };
  },

  addMenuItems(context) {
    this.parent?.(context);
    const { buttons, menu } = context;
    for (const [name, sign, title, act] of [
      ["headerRow", "⊤", gettext("Headings in the first row"), "toggleHeaderRow"],
      ["headerColumn", "⊢", gettext("Headings in the first column"), "toggleHeaderColumn"],
    ]) {
      menu.defineItem({
        name,
        groups: "table",
        button: buttons.text(sign, title),
        command: (editor) => editor.chain().focus()[act]().run(),
        hidden: (editor) => !editor.isActive("table"),
      });
    }
  },
});

// No table, figure or subhead in a cell: readers could not tell where it ends.
export const StoryCell = TableCell.extend({ content: "(paragraph | bulletList | orderedList)+" });
export const StoryHeader = TableHeader.extend({ content: "paragraph+" });

// --- Galleries -----------------------------------------------------------------------

async function pickedFigure(title) {
  const image = await pick({ title, search: (term) => suggestions("article", "lead_image", term) });
  if (!image) return null;
  const content = image.caption ? [{ type: "text", text: image.caption }] : [];
  return { type: "storyFigure", attrs: { image: image.id, layout: "column" }, content };
}

export const Gallery = Node.create({
  name: "gallery",
  group: "block",
  content: "storyFigure+",
  draggable: true,
  isolating: true,

  addAttributes() {
    return { gallery: data("gallery", "grid") };
  },
  parseHTML() {
    return [{ tag: "section[data-gallery]" }];
  },
  renderHTML({ HTMLAttributes }) {
    return ["section", HTMLAttributes, 0];
  },

  addNodeView() {
    return ({ node, editor, getPos }) => {
      const layouts = Object.entries(GALLERY_LAYOUTS).map(([value, textContent]) =>
        crel("option", { value, textContent }),
      );
      const select = crel("select", { "aria-label": gettext("Layout of the gallery") }, layouts);
      select.value = node.attrs.gallery;
      select.addEventListener("change", () => {
        editor.chain().command(({ tr }) => tr.setNodeAttribute(getPos(), "gallery", select.value)).run();
      });
      const add = crel("button", { type: "button", className: "button", textContent: gettext("Add a picture") });
      let current = node;
      add.addEventListener("click", async () => {
        const figure = await pickedFigure(gettext("Which picture?"));
        if (figure) editor.chain().insertContentAt(getPos() + current.nodeSize - 1, figure).run();
        add.focus();
      });
      const pictures = crel("div", { className: "block-gallery-pictures" });
      const bar = crel("div", { contentEditable: "false" }, [select, " ", add]);
      return {
        dom: crel("div", { className: "block block-gallery" }, [bar, pictures]),
        contentDOM: pictures,
        stopEvent: (event) => bar.contains(event.target),
        ignoreMutation: (mutation) => !pictures.contains(mutation.target),
        update: (changed) => {
          if (changed.type.name !== "gallery") return false;
          current = changed;
          select.value = changed.attrs.gallery;
          return true;
        },
      };
    };
  },

  addMenuItems(context) {
    blockButton(context, {
      name: "gallery",
      icon: "photo_library",
      title: gettext("Insert a gallery"),
      active: (editor) => editor.isActive("gallery"),
      command: async (editor) => {
        const figure = await pickedFigure(gettext("Which picture is the first?"));
        if (!figure) return;
        editor.chain().focus().insertContent({ type: "gallery", content: [figure] }).run();
      },
    });
  },
});

// --- What other sites show -----------------------------------------------------------

function askForEmbed() {
  return new Promise((resolve) => {
    const title = gettext("Show something from another site");
    const address = crel("input", { type: "url", required: true, placeholder: "https://…" });
    const words = crel("input", { type: "text", required: true, maxLength: 200 });
    const cancel = crel("button", { type: "button", className: "button", textContent: gettext("Cancel") });
    const form = crel("form", { method: "dialog" }, [
      crel("label", {}, [gettext("Address"), address]),
      crel("label", {}, [gettext("Title"), words]),
      crel("button", { className: "button", textContent: gettext("Insert") }),
      " ",
      cancel,
    ]);
    const dialog = crel("dialog", { className: "picker", "aria-label": title }, [crel("p", { textContent: title }), form]);
    form.addEventListener("submit", () => resolve({ embed: address.value.trim(), title: words.value.trim() }));
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      resolve(null);
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// Says what readers will get of an address.
function providerOf(address) {
  const line = crel("p", { className: "block-embed-provider", role: "status" });
  const show = async (at) => {
    const query = new URLSearchParams({ address: at });
    const reply = await fetch(`${ADMIN}articles/article/at/?${query}`).catch(() => null);
    const { provider } = reply?.ok ? await reply.json() : {};
    line.textContent = provider
      ? `${provider}: ${gettext("readers see a card; it is fetched when they click.")}`
      : gettext("No provider we know: readers see a card with a link.");
  };
  show(address);
  return { line, show };
}

export const Embed = Node.create({
  name: "embed",
  group: "block",
  atom: true,
  draggable: true,

  addAttributes() {
    return { embed: data("embed"), title: data("title") };
  },
  parseHTML() {
    return [{ tag: "div[data-embed]" }];
  },
  renderHTML({ HTMLAttributes }) {
    return ["div", HTMLAttributes];
  },

  addNodeView() {
    return ({ node, editor, getPos }) => {
      const fields = ["title", "embed"].map((name) => fieldOf(node, name, editor, getPos));
      const { line, show } = providerOf(node.attrs.embed);
      let shown = node.attrs.embed;
      return {
        dom: crel("div", { className: "block block-read-more" }, [...fields, line]),
        stopEvent: (event) => fields.includes(event.target),
        ignoreMutation: () => true,
        update: (changed) => {
          if (changed.type.name !== "embed") return false;
          for (const field of fields) field.value = changed.attrs[field.dataset.name];
          if (changed.attrs.embed !== shown) show((shown = changed.attrs.embed));
          return true;
        },
      };
    };
  },

  addMenuItems(context) {
    blockButton(context, {
      name: "embed",
      icon: "smart_display",
      title: gettext("Show something from another site"),
      command: async (editor) => {
        const attrs = await askForEmbed();
        if (!attrs) return;
        editor.chain().focus().insertContent({ type: "embed", attrs }).run();
        writeOn(editor); // it stays selected: a letter typed would replace it
      },
    });
  },
});

// --- Sound and film ------------------------------------------------------------------

export const StoryRecording = Node.create({
  name: "storyRecording",
  group: "block",
  content: "inline*",
  draggable: true,
  isolating: true,

  addAttributes() {
    return { recording: data("recording") };
  },
  parseHTML() {
    return [{ tag: "figure[data-recording]", contentElement: "figcaption" }];
  },
  renderHTML({ HTMLAttributes }) {
    return ["figure", HTMLAttributes, ["figcaption", 0]];
  },
  addKeyboardShortcuts() {
    return { Enter: () => this.editor.isActive("storyRecording") && writeOn(this.editor) };
  },

  addNodeView() {
    return ({ node }) => {
      const { recording } = node.attrs;
      const name = crel("p", { contentEditable: "false", className: "block-recording-name" });
      fetch(`${ADMIN}articles/recording/${recording}/name/`)
        .then((reply) => (reply.ok ? reply.text() : gettext("a recording that is gone")))
        .catch(() => `#${recording}`)
        .then((text) => {
          name.textContent = text;
        });
      const caption = crel("figcaption", { "data-prompt": gettext("Caption; may stay empty") });
      return {
        dom: crel("figure", { className: "block block-figure" }, [name, caption]),
        contentDOM: caption,
        ignoreMutation: (mutation) => !caption.contains(mutation.target),
        update: (changed) =>
          changed.type.name === "storyRecording" && changed.attrs.recording === recording,
      };
    };
  },

  addMenuItems(context) {
    blockButton(context, {
      name: "storyRecording",
      icon: "play_circle",
      title: gettext("Insert sound or film"),
      active: (editor) => editor.isActive("storyRecording"),
      command: async (editor) => {
        const chosen = await pick({
          title: gettext("Which recording?"),
          search: (term) => suggestions("reference", "recording", term),
        });
        if (!chosen) return;
        const content = chosen.caption ? [{ type: "text", text: chosen.caption }] : [];
        const attrs = { recording: chosen.id };
        editor.chain().focus().insertContent({ type: "storyRecording", attrs, content }).run();
      },
    });
  },
});
