"""A part of a template that is the same on many pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from newsroom import remembered

if TYPE_CHECKING:
    from django.template import Context
    from django.template.base import FilterExpression, NodeList, Parser, Token
    from django.utils.safestring import SafeString

register = template.Library()


class RememberNode(template.Node):
    def __init__(
        self, name: str, depends_on: list[FilterExpression], nodelist: NodeList
    ) -> None:
        self.name = name
        self.depends_on = depends_on
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        values = tuple(one.resolve(context) for one in self.depends_on)
        key = ("template", self.name, *values)
        return remembered.recall(key, lambda: self.nodelist.render(context))


@register.tag
def remember(parser: Parser, token: Token) -> RememberNode:
    """Render what is inside once for all pages: ``{% remember footer page.pk %}``.

    The first word names it, among all templates; the others are all that it depends on
    beside what holds for the whole site. No ``{% block %}`` may stand in it.
    """
    try:
        _tag, name, *depends_on = token.split_contents()
    except ValueError:
        raise template.TemplateSyntaxError("{% remember %} needs a name.") from None
    nodelist = parser.parse(("endremember",))
    parser.delete_first_token()
    values = [parser.compile_filter(one) for one in depends_on]
    return RememberNode(name, values, nodelist)
