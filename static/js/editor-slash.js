// Typing “/” at the start of a paragraph offers every block, from the keyboard alone.
// Without it blocks are inserted with the buttons above the text.
import { crel, Extension, gettext } from "django-prose-editor/editor";

const press = (name) => (editor) => {
  editor.view.dom.closest(".prose-editor").querySelector(`[data-name="${name}"]`).click();
};
const run = (act) => (editor) => act(editor.chain().focus()).run();

// What is offered: its name, words that find it too, and what it does.
const BLOCKS = [
  [gettext("Picture"), "image photo figure", press("storyFigure")],
  [gettext("READ MORE"), "link story related", press("readMore")],
  [gettext("Gallery"), "images photos several", press("gallery")],
  [gettext("Sound or film"), "audio video recording", press("storyRecording")],
  [gettext("From another site"), "embed youtube map post video", press("embed")],
  [gettext("Table"), "grid rows columns", press("table")],
  [gettext("Footnote"), "note endnote", press("footnote")],
  [gettext("Pull quote"), "quote", press("pullQuote")],
  [gettext("Subhead"), "heading h2 title", run((chain) => chain.toggleHeading({ level: 2 }))],
  [gettext("Smaller subhead"), "heading h3", run((chain) => chain.toggleHeading({ level: 3 }))],
  [gettext("List"), "bullets ul", run((chain) => chain.toggleBulletList())],
  [gettext("Numbered list"), "ol steps", run((chain) => chain.toggleOrderedList())],
  [gettext("Quote"), "blockquote", run((chain) => chain.toggleBlockquote())],
  [gettext("Rule"), "hr line", run((chain) => chain.setHorizontalRule())],
].map(([name, words, act]) => ({ name, words: `${name} ${words}`.toLowerCase(), act }));

let lists = 0;

class SlashList {
  constructor(editor) {
    this.editor = editor;
    this.dismissed = false;
    this.list = crel("ul", { className: "slash-menu", role: "listbox", id: `slash-${++lists}`, hidden: true });
    this.list.setAttribute("aria-label", gettext("Blocks"));
    // Not a click: the editor would lose its cursor before it.
    this.list.addEventListener("pointerdown", (event) => {
      const entry = event.target.closest("li");
      if (!entry) return;
      event.preventDefault();
      this.choose(this.found[[...this.list.children].indexOf(entry)]);
    });
    editor.view.dom.closest(".prose-editor")?.append(this.list);
  }

  get isOpen() {
    return !this.list.hidden;
  }

  // The text after the slash, or null where there is none to complete.
  query() {
    const { $from, empty } = this.editor.state.selection;
    if (!empty || $from.parent.type.name !== "paragraph") return null;
    const before = $from.parent.textBetween(0, $from.parentOffset, "", "\ufffc");
    return before.startsWith("/") && before.length < 20 ? before.slice(1).toLowerCase() : null;
  }

  update() {
    const query = this.query();
    if (query === null) this.dismissed = false;
    this.found = query === null || this.dismissed ? [] : BLOCKS.filter(({ words }) => words.split(" ").some((word) => word.startsWith(query)) || words.startsWith(query));
    if (!this.found.length || !this.editor.isFocused) return this.close();
    this.list.replaceChildren(
      ...this.found.map(({ name }, number) => {
        const entry = crel("li", { role: "option", textContent: name });
        entry.id = `${this.list.id}-${number}`;
        return entry;
      }),
    );
    const { left, bottom } = this.editor.view.coordsAtPos(this.editor.state.selection.from);
    const frame = this.list.offsetParent?.getBoundingClientRect() ?? this.list.parentElement.getBoundingClientRect();
    this.list.style.left = `${Math.max(0, left - frame.left)}px`;
    this.list.style.top = `${bottom - frame.top + 4}px`;
    this.list.hidden = false;
    this.mark(0);
  }

  mark(number) {
    this.marked = (number + this.found.length) % this.found.length;
    for (const [at, entry] of [...this.list.children].entries()) {
      entry.setAttribute("aria-selected", at === this.marked);
    }
    this.list.children[this.marked].scrollIntoView({ block: "nearest" });
    const { dom } = this.editor.view;
    dom.setAttribute("aria-controls", this.list.id);
    dom.setAttribute("aria-activedescendant", `${this.list.id}-${this.marked}`);
  }

  close() {
    this.list.hidden = true;
    this.editor.view.dom.removeAttribute("aria-activedescendant");
    return false;
  }

  dismiss() {
    this.dismissed = true;
    this.close();
    return true;
  }

  choose(block) {
    const { $from } = this.editor.state.selection;
    this.close();
    this.editor.chain().deleteRange({ from: $from.start(), to: $from.pos }).run();
    block.act(this.editor);
    return true;
  }
}

const slashes = new WeakMap();
const whileOpen = (act) => ({ editor }) => {
  const slash = slashes.get(editor);
  return slash?.isOpen ? act(slash) ?? true : false;
};

export const SlashMenu = Extension.create({
  name: "slashMenu",
  priority: 1000, // before those who take Enter and the arrows for themselves

  onCreate() {
    slashes.set(this.editor, new SlashList(this.editor));
  },
  onUpdate() {
    slashes.get(this.editor)?.update();
  },
  onSelectionUpdate() {
    slashes.get(this.editor)?.update();
  },
  onBlur() {
    slashes.get(this.editor)?.close();
  },

  addKeyboardShortcuts() {
    return {
      ArrowDown: whileOpen((slash) => slash.mark(slash.marked + 1)),
      ArrowUp: whileOpen((slash) => slash.mark(slash.marked - 1)),
      Enter: whileOpen((slash) => slash.choose(slash.found[slash.marked])),
      Tab: whileOpen((slash) => slash.choose(slash.found[slash.marked])),
      Escape: whileOpen((slash) => slash.dismiss()),
    };
  },
});
