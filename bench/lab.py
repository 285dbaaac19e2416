"""How soon a phone on a slow line shows a page: largest paint, shifts, blocked time.

    .venv/bin/python bench/lab.py http://127.0.0.1:8000/2026/11/22/estuary-bridge-reopens/

The profile is the usual one of laboratories for mobile pages: 1.6 Mbit/s down, 150 ms
there and back, a processor four times slower, 412 × 823 CSS pixels, an empty cache
(https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md). Prints the
median and the range of several visits, and what was asked for before any picture.

How slow “four times slower” is depends on the machine, and on what else it does. So a
bare page, of a headline, a paragraph and a stylesheet of one line, is visited in turns
with the page: the ratio of the two is what two machines agree on.
"""

import argparse
import shutil
import statistics
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Browser, sync_playwright

DOWN, UP = 1.6e6 / 8, 750e3 / 8  # bytes a second
LATENCY = 150  # milliseconds
SLOWER = 4  # times

WORDS = "The first van over was carrying warm rolls to the other shore. " * 3
BARE = {
    "/": (
        "text/html; charset=utf-8",
        "<!doctype html><html lang=en><title>Bare</title>"
        '<meta name=viewport content="width=device-width">'
        "<link rel=stylesheet href=bare.css>"
        f"<h1>The bridge reopens</h1><p>{WORDS}",
    ),
    "/bare.css": ("text/css", "body { font-family: sans-serif }"),
}
OBSERVE = """
    window.seen = { paint: 0, shift: 0, blocked: 0 };
    const tasks = [];
    const watch = (type, act) => new PerformanceObserver(
      (list) => list.getEntries().forEach(act)).observe({ type, buffered: true });
    watch("largest-contentful-paint", (entry) => { seen.paint = entry.startTime; });
    watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
    watch("longtask", (entry) => { tasks.push(entry); });
    // Total blocking time: what tasks take beyond 50 ms, once something is painted.
    window.whole = () => {
      const [first] = performance.getEntriesByName("first-contentful-paint");
      for (const task of tasks) {
        const begin = Math.max(task.startTime, first.startTime);
        const taken = task.startTime + task.duration - begin;
        seen.blocked += Math.max(0, taken - 50);
      }
      return seen;
    };
"""


@contextmanager
def bare_page() -> Iterator[str]:
    """Serve the bare page on loopback for as long as it lasts; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, text = BARE.get(self.path, ("text/plain", ""))
            self.send_response(200 if text else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def visit(browser: Browser, address: str) -> tuple[dict[str, float], Counter[str]]:
    """Open ``address`` once; return milliseconds, shifts and requests by kind."""
    context = browser.new_context(
        viewport={"width": 412, "height": 823}, device_scale_factor=1.75, is_mobile=True
    )
    page = context.new_page()
    page.add_init_script(OBSERVE)
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY,
            "downloadThroughput": DOWN,
            "uploadThroughput": UP,
        },
    )
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    asked: Counter[str] = Counter()
    page.on("request", lambda request: asked.update([request.resource_type]))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    seen = page.evaluate("window.whole()")
    context.close()
    return seen, asked


def main() -> None:
    """Visit the page as often as asked, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("--visits", type=int, default=5)
    options = parser.parse_args()
    program = next(
        filter(
            None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
        )
    )
    with bare_page() as bare, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        visit(browser, bare)  # the first one is of a browser that has just started
        visits, floors = [], []
        for _visit in range(options.visits):
            floors.append(visit(browser, bare)[0]["paint"])
            visits.append(visit(browser, options.address))
        browser.close()
    names = {
        "paint": "largest contentful paint, ms",
        "shift": "layout shift",
        "blocked": "blocked, ms",
    }
    for name, said in names.items():
        values = [seen[name] for seen, _asked in visits]
        low, middle, high = min(values), statistics.median(values), max(values)
        print(f"{said:32}{middle:10.3f}   ({low:.3f} to {high:.3f})")
    ratios = [
        seen["paint"] / floor
        for (seen, _asked), floor in zip(visits, floors, strict=True)
    ]
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    print(
        f"{'paint, to that of a bare page':32}{middle:10.2f}   ({low:.2f} to {high:.2f})"
    )
    asked = visits[-1][1]
    print(
        f"{'requests before pictures':32}{asked.total() - asked['image']:10}   {dict(asked)}"
    )


if __name__ == "__main__":
    main()
