"""What axe finds in the way of readers with other eyes, ears and hands."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# It would fetch imported stylesheets and put them into the page, which our policy refuses.
OPTIONS = {"preload": False}


def barriers(
    page: Page, *, within: dict[str, list[list[str]]] | None = None
) -> list[str]:
    """Return each rule that ``page`` breaks, with the elements that break it.

    ``within`` says which parts count (``include``, ``exclude``: selectors); all if omitted.
    """
    found = Axe().run(page, context=within, options=OPTIONS).response["violations"]
    return [
        f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found
    ]
