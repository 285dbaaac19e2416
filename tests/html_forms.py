"""Send a form as a browser would: with everything that its page filled in."""

from html.parser import HTMLParser


def fields_of(response, form_id=None):
    """Return what a browser would send of a page's form: values, or lists of them.

    ``form_id`` names the form; without it the page's first one with method post is
    taken. Buttons and file fields send nothing here.
    """
    reader = _Reader(form_id)
    reader.feed(response.text)
    assert reader.found, "There is no such form on the page."
    return {
        name: values[0] if len(values) == 1 else values
        for name, values in reader.fields.items()
    }


class _Reader(HTMLParser):
    def __init__(self, form_id):
        super().__init__()
        self.form_id, self.found, self.inside = form_id, False, False
        self.fields = {}
        self.select = self.textarea = None

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        if tag == "form" and not self.found:
            is_it = (
                attributes.get("id") == self.form_id
                if self.form_id
                else attributes.get("method", "").lower() == "post"
            )
            self.found = self.inside = is_it
        name = attributes.get("name")
        if not self.inside or "disabled" in attributes:
            return
        if tag == "input" and name:
            self._input(name, attributes)
        elif tag == "select":
            self.select, self.chosen, self.options = name, [], []
            self.is_multiple = "multiple" in attributes
        elif tag == "option" and self.select:
            (self.chosen if "selected" in attributes else self.options).append(
                attributes.get("value", "")
            )
        elif tag == "textarea":
            self.textarea, self.text = name, ""

    def _input(self, name, attributes):
        kind = attributes.get("type", "text")
        if kind in {"submit", "button", "file", "image"}:
            return
        if kind in {"checkbox", "radio"} and "checked" not in attributes:
            return
        self.add(name, attributes.get("value", "on" if kind == "checkbox" else ""))

    def handle_data(self, data):
        if self.textarea:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.textarea:
            self.add(self.textarea, self.text.removeprefix("\n"))
            self.textarea = None
        elif tag == "select" and self.select:
            # A list that opens has its first choice until another one is made.
            if not self.chosen and not self.is_multiple:
                self.chosen = self.options[:1]
            for value in self.chosen:
                self.add(self.select, value)
            self.select = None

    def add(self, name, value):
        self.fields.setdefault(name, []).append(value)
