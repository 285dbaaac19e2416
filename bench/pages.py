"""What readers' requests cost on the real server, to what a bare Django view costs.

    python bench/pages.py [--quick] [DATABASE_URL_1 DATABASE_URL_2]

Two sites are built, one of 1,000 stories and one of 100,000 (20,000 with --quick), each
with one story of 800 words, a picture and 50 comments in threads; the smaller one has the
same with 10,000, and without --quick one with 1,000,000 comments and votes. Gunicorn serves them as ``manage.py serve`` does, once with pages kept and once
with none kept, and a bare view (``hello.py``) beside them; nginx stands in front with the
files of ``deploy/``. Then ``wrk`` asks for each kind of page in turns.

A row says how many requests a second there were to those of ``hello`` in the same run, and
the CPU time of a request, of all processes that serve and of PostgreSQL together: medians
and ranges of the rounds. Needs ``wrk``; the rows behind nginx need ``nginx`` and
``openssl``. Without two empty PostgreSQL databases it uses SQLite in files.
"""

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.ports import free_port  # noqa: E402

SMALL = 1_000
STORIES = {"story": 50, "busy story": 10_000, "crowded story": 1_000_000}  # comments
CHAIN = 5  # comments: one answers the story, the others each other
PARAGRAPH = " ".join(f"word{number % 97}" for number in range(80))
TICKS = os.sysconf("SC_CLK_TCK")
# Readers differ in their votes: of one voice, they would be set aside as an attack.
VOTE = """
local n = {seed}
request = function()
  n = n + 1
  local from = string.format("10.%d.%d.7", math.floor(n / 250) % 250, n % 250)
  local headers = {{["Origin"] = "{origin}", ["X-Forwarded-For"] = from,
    ["Content-Type"] = "application/x-www-form-urlencoded"}}
  local body = string.format("{body}", n, n, n, n * 7 % 5 + 1)
  return wrk.format("POST", "{path}", headers, body)
end
"""
# Another story each time; of those that desk.fill writes every fiftieth is a draft.
STORY = """
local n = {seed}
request = function()
  n = n + 1
  local number = n % {many}
  if number % 50 == 0 then number = number + 1 end
  return wrk.format("GET", string.format("{path}", number))
end
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--build", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("databases", nargs="*", metavar="DATABASE_URL")
    options = parser.parse_args()
    if options.build:
        size, *names = options.build
        print(json.dumps(build(int(size), names)))
        return
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed: apt-get install wrk")
    most = 20_000 if options.quick else 100_000
    rounds, seconds = (3, 1) if options.quick else (9, 3)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        names = list(STORIES)[:2] if options.quick else list(STORIES)
        rows = start(Path(folder), options.databases, most, names, stack)
        measure(rows, rounds, seconds)


# --- The sites ----------------------------------------------------------------------


def start(folder: Path, databases, most: int, names: list[str], stack) -> list:
    """Build both sites, start every server, and return the rows to measure.

    ``names`` are those of ``STORIES`` that the smaller site has.
    """
    files = [f"sqlite:///{folder}/{name}.sqlite3" for name in ("small", "large")]
    urls = databases or files
    environment = environment_of(folder, urls[0])
    for command in ("migrate", "collectstatic --no-input"):
        run([sys.executable, "manage.py", *command.split(), "-v0"], environment)
    if not databases:  # tables are slow to make, and quick to copy
        shutil.copy(folder / "small.sqlite3", folder / "large.sqlite3")
    sites = {}
    for size, url in zip((SMALL, most), urls, strict=True):
        environment = environment_of(folder, url)
        begin = time.monotonic()
        wanted = str(size), *(names if size == SMALL else names[:1])
        built = run([sys.executable, __file__, "--build", *wanted], environment)
        sites[size] = json.loads(built.splitlines()[-1])
        print(f"{size:,} stories built in {time.monotonic() - begin:.0f} s", flush=True)
    kept, small, large = (
        stack.enter_context(Server("newsroom.wsgi", environment_of(folder, url), more))
        for url, more in (
            (urls[0], {}),
            (urls[0], {"CACHE_URL": "dummycache://"}),
            (urls[1], {"CACHE_URL": "dummycache://"}),
        )
    )
    at = sites[SMALL]
    body = run_bytes(
        ["curl", "-s", "-H", "Accept-Encoding: br", kept.url + at["story"]]
    )
    (folder / "hello").write_bytes(body)
    bare = {"HELLO_BODY": str(folder / "hello"), "PYTHONPATH": str(ROOT / "bench")}
    hello = stack.enter_context(Server("hello", os.environ | bare, {}))
    tag = run(["curl", "-sI", "-H", "Accept-Encoding: br", kept.url + at["story"]])
    tag = re.search(r"(?i)^etag: (.*?)\s*$", tag, re.MULTILINE)[1]
    comment = "comment=So+it+is%%2C+word+for+word+%d.&name=Reader+%d"
    comment += "&email=reader%d@example.org"
    rows = [
        Row("hello", hello, "/"),
        Row("story, not kept", small, at["story"]),
        *(
            Row(f"the same, {STORIES[name]:,} comments", small, at[name])
            for name in names[1:]
        ),
        Row(f"the same, {most:,} stories", large, sites[most]["story"]),
        Row(
            "stories, each for the first time", large, sites[most]["stories"], many=most
        ),
        Row("story, kept", kept, at["story"]),
        Row("the same, unchanged (304)", kept, at["story"], f"If-None-Match: {tag}"),
        Row("front page, not kept", small, "/"),
        Row(f"the same, {most:,} stories", large, "/"),
        Row("section, not kept", large, "/section/town-hall/"),
        Row("the same, page 900", large, "/section/town-hall/?page=900"),
        Row("front page, kept", kept, "/"),
        Row("comment posted", small, at["comment"], body=comment),
        Row("vote", small, at["vote"], body="n=%d%d%d&score=%d"),
    ]
    if shutil.which("nginx"):
        rows += behind_nginx(folder, kept, at["story"], stack)
    return rows


def behind_nginx(folder: Path, kept: "Server", story: str, stack: ExitStack) -> list:
    from tests.deploy.front import Nginx

    (folder / "nginx").mkdir()
    nginx = Nginx(folder / "nginx", [kept.port])
    stack.callback(nginx.stop)
    shutil.copy(folder / "hello", nginx.files / "static" / "story.txt")
    front = Front(nginx)
    return [
        Row("a static file by nginx", front, "/static/story.txt"),
        Row("story by nginx", front, story),
    ]


def environment_of(folder: Path, url: str) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": url,
        "SECRET_KEY": "of a site that is thrown away, and long enough to be a real one",
        "SITE_URL": "http://localhost",
        "TRUSTED_PROXIES": "1",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "LOG_LEVEL": "ERROR",
        **{f"{name}_ROOT": f"{folder}/{name}" for name in ("STATIC", "MEDIA")},
        "ORIGINALS_ROOT": f"{folder}/originals",
    }


def build(size: int, names: list[str]) -> dict[str, str]:
    """Fill the database that the environment names; return where its pages are.

    Beside ``size`` stories without comments it has those of ``STORIES`` in ``names``.
    """
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from articles.models import Article
    from bench import desk, threads, votes
    from tests.factories import make_article, make_image, set_discussion

    call_command("migrate", verbosity=0)
    desk.fill(size)
    set_discussion(flood_seconds=0)
    body = f"<p>{PARAGRAPH}</p>" * 10
    picture, words = make_image(width=1600), " ".join(PARAGRAPH.split()[:40])
    stories = {}
    for name in names:
        headline = f"The {name}"
        stories[name] = make_article(headline=headline, body=body, lead_image=picture)
        threads.chains(stories[name], STORIES[name], length=CHAIN, words=words)
    if "crowded story" in stories:
        votes.fill(stories["crowded story"], STORIES["crowded story"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    told = {name: story.get_absolute_url() for name, story in stories.items()}
    first = Article.objects.get(slug="story-1").get_absolute_url()
    told["stories"] = first.replace("story-1", "story-%d")
    # Another one, so that the pages above stay as they are while it is written to.
    number = make_article(headline="What readers answer", body=body).pk
    return told | {
        "comment": f"/comments/story/{number}/",
        "vote": f"/ratings/{number}/",
    }


# --- Servers and what they cost -----------------------------------------------------


class Server:
    """Gunicorn as ``manage.py serve`` starts it, on a port of its own."""

    def __init__(self, module: str, environment: dict[str, str], more) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        site = {"SITE_URL": self.url} if "DATABASE_URL" in environment else {}
        command = f"-m gunicorn {module}:application --bind 127.0.0.1:{self.port}"
        command += " --worker-class gthread --workers 2 --threads 4 --preload"
        command += " --log-level error"
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, *command.split()],
            cwd=ROOT,
            env=environment | more | site,
            start_new_session=True,
        )

    def __enter__(self) -> "Server":
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.1)
        raise RuntimeError("The server does not answer.")

    def __exit__(self, *_error) -> None:
        self.process.terminate()
        self.process.wait(30)

    def processes(self) -> list[int]:
        return [pid for pid, group in groups() if group == self.process.pid]


class Front:
    """nginx alone: what it asks of the site behind it is another's cost, and little."""

    def __init__(self, nginx) -> None:
        self.url, self.pid = nginx.site_url, nginx.process.pid

    def processes(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [self.pid, *map(int, children.split())]


def groups():
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        yield int(path.parent.name), int(fields[2])


def cpu_of(processes: list[int]) -> float:
    """Return the seconds that they have spent so far, and PostgreSQL if it is used."""
    uses_postgresql = any("postgres" in one for one in sys.argv[1:])
    spent = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().rpartition(")")
        except OSError:
            continue
        is_database = uses_postgresql and name.endswith("(postgres")
        if int(path.parent.name) in processes or is_database:
            spent += sum(map(int, rest.split()[11:13]))
    return spent / TICKS


def megabytes_of(processes: list[int]) -> float:
    """Return their memory, what they share counted once (PSS)."""
    rolls = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in processes]
    return sum(int(re.search(r"Pss:\s+(\d+)", roll)[1]) for roll in rolls) / 1024


class Row:
    """One kind of request to one server, and what it took in each round."""

    def __init__(
        self, name: str, server, path: str, header="", *, body="", many: int = 0
    ) -> None:
        self.name, self.server, self.path = name, server, path
        self.header, self.body, self.many = header, body, many
        self.speeds: list[float] = []
        self.costs: list[float] = []

    def ask(self, seconds: int) -> None:
        """Ask for ``seconds`` from eight connections; raise if an answer is an error."""
        # SQLite lets nobody wait for a turn in order: now and then one waits for long.
        command = ["wrk", "-t1", "-c8", f"-d{seconds}s", "--timeout", "20s"]
        command += ["-H", "Accept-Encoding: br"]
        if self.header:
            command += ["-H", self.header]
        processes = self.server.processes()
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
            if script := self.script():
                file.write(script)
                file.flush()
                command += ["-s", file.name]
            before = cpu_of(processes)
            path = self.path.replace("%d", "1")
            said = run([*command, self.server.url + path], os.environ)
        spent = cpu_of(processes) - before
        if errors := re.search(r"Non-2xx or 3xx responses: \d+|Socket errors.*", said):
            raise RuntimeError(f"{self.name}: {errors[0]}")
        number = int(re.search(r"(\d+) requests in", said)[1])
        if not number:
            raise RuntimeError(f"{self.name}: no answer within {seconds} seconds")
        self.speeds.append(float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]))
        self.costs.append(spent / number * 1000)

    def script(self) -> str:
        """Return what tells ``wrk`` to ask for something else each time; "" if nothing."""
        seed = time.time_ns() // 1_000_000 % 10**9 * 1000
        if self.many:
            return STORY.format(seed=seed, path=self.path, many=self.many)
        if self.body:
            origin = self.server.url
            return VOTE.format(seed=seed, origin=origin, path=self.path, body=self.body)
        return ""


def measure(rows: list[Row], rounds: int, seconds: int) -> None:
    for row in rows:
        row.ask(1)
        row.speeds.clear(), row.costs.clear()
    for _ in range(rounds):
        for row in rows:
            row.ask(seconds)
    hello = rows[0]
    print(f"\n{'':32}to hello   requests a second    CPU ms a request")
    for row in rows:
        ratios = [
            own / bare for own, bare in zip(row.speeds, hello.speeds, strict=True)
        ]
        speed, cost = statistics.median(row.speeds), statistics.median(row.costs)
        print(
            f"{row.name:32}{statistics.median(ratios):8.3f}  {speed:7.0f}"
            f" ({min(row.speeds):.0f}–{max(row.speeds):.0f}) {cost:10.2f}"
            f" ({min(row.costs):.2f}–{max(row.costs):.2f})"
        )
    told = {row.server: row for row in rows if isinstance(row.server, Server)}
    for server, row in told.items():
        print(f"{megabytes_of(server.processes()):6.0f} MB  the server of “{row.name}”")


def run(command: list[str], environment=None) -> str:
    return run_bytes(command, environment).decode()


def run_bytes(command: list[str], environment=None) -> bytes:
    return subprocess.run(  # noqa: S603
        command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE
    ).stdout


if __name__ == "__main__":
    main()
