"""What it brings to cut the tables of comments and votes into parts, at ten million rows.

    python bench/partitions.py [--quick] DATABASE_URL

The database is an empty PostgreSQL of its own, which takes some 40 GB (1 GB with --quick:
200,000 rows). Each table is filled three times in the shape of ours, with our indexes and
no foreign keys: as one table; in ten parts by the number of the story; in ten by the
row's own number. Fifty stories are discussed at a time, 500 rows each. Ratios are to the
one table, in one run.
"""

import argparse
import os
import re
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AT_A_TIME, EACH, PARTS, ROUNDS = 50, 500, 10, 200
BLOCK = AT_A_TIME * EACH
# What a row is, by its number n, counted from 0.
STORY = f"1 + n / {BLOCK} * {AT_A_TIME} + n % {AT_A_TIME}"
WHEN = "timestamptz '2016-01-01' + n * interval '31 seconds'"
NUMBER = f"(1 + n % {BLOCK} / {AT_A_TIME})"
FIRST = f"({NUMBER} - ({NUMBER} - 1) % 5)"  # four of five answer one before them
ANSWERS = f"{NUMBER} <> {FIRST}"
PARENT = f"CASE WHEN {ANSWERS} THEN 1 + n - ({NUMBER} - {FIRST}) * {AT_A_TIME} END"
COMMENT = {
    "id": "1 + n",
    "thread_id": STORY,
    "number": NUMBER,
    "parent_id": PARENT,
    "root_id": PARENT,
    "path": f"CASE WHEN {ANSWERS} THEN to_char({FIRST}, 'FM000000') ELSE '' END"
    f" || to_char({NUMBER}, 'FM000000')",
    "depth": f"CASE WHEN {ANSWERS} THEN 1 ELSE 0 END",
    "approved_replies": f"CASE WHEN {ANSWERS} THEN 0 ELSE 4 END",
    "state": "'approved'",
    "name": "'Reader ' || n",
    "email": "'reader' || n % 200000 || '@example.org'",
    "website": "''",
    "source": "'So it is: ' || md5(n::text) || md5(n || 'b') || md5(n || 'c')",
    "html": "'<p>So it is: ' || md5(n::text) || md5(n || 'b') || md5(n || 'c')",
    "verdicts": "'[]'",
    "screened_as": "'approved'",
    "mark": "''",
    "recommended": "n % 97",
    "open_reports": "0",
    "wants_mail": "false",
    "fault": "''",
    "word": "''",
    "learned_as": "''",
    "reader_hash": "md5(n % 300000 || 'r') || md5(n % 300000 || 's')",
    "network_key": "md5(n % 50000 || 'n')",
    "status_key": "left(md5(n || 'k'), 22)",
    "created_at": WHEN,
}
VOTE = {
    "id": "1 + n",
    "article_id": STORY,
    "voter_hash": "md5(n || 'v') || md5(n || 'w')",
    "score": "1 + n % 5",
    "state": "'counted'",
    "network_key": "md5(n % 50000 || 'n')",
    "browser": "left(md5(n % 900 || 'b'), 16)",
    "is_fresh": "false",
    "created_at": WHEN,
    "changed_at": WHEN,
}
TABLES = {
    "comments_comment": (COMMENT, "thread_id"),
    "ratings_rating": (VOTE, "article_id"),
}
# Those that name the story, and those that do not.
QUESTIONS = {
    "comments_comment": {
        "fifty comments of a story": "SELECT * FROM {t} WHERE thread_id = {story}"
        " AND depth = 0 AND is_shown ORDER BY number LIMIT 50",
        "one by its number": "SELECT * FROM {t} WHERE id = {id}",
        "the answers to one": "SELECT * FROM {t} WHERE root_id = {id} AND is_shown"
        " ORDER BY number LIMIT 20",
        "the last of an address": "SELECT created_at FROM {t} WHERE email ="
        " 'reader{reader}@example.org' ORDER BY created_at DESC LIMIT 1",
        "the queue": "SELECT id FROM {t} WHERE state = 'approved'"
        " ORDER BY id DESC LIMIT 50",
    },
    "ratings_rating": {
        "one reader's vote": "SELECT * FROM {t} WHERE article_id = {story}"
        " AND voter_hash = md5({n} || 'v') || md5({n} || 'w')",
        "a network's of an hour": "SELECT count(*) FROM {t} WHERE network_key ="
        " md5({network} || 'n') AND created_at > timestamptz '2016-01-01'"
        " + {n} * interval '31 seconds' - interval '1 hour'",
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("database", metavar="DATABASE_URL")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ |= {
        "DATABASE_URL": options.database,
        "DATABASE_POOL_SIZE": "0",
        "SECRET_KEY": "of a database that is thrown away",
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    rows = 200_000 if options.quick else 10_000_000
    for table in TABLES:
        found = {}
        for layout in ("one table", "by story", "by row"):
            begin = time.monotonic()
            build(table, layout, rows)
            built = time.monotonic() - begin
            found[layout] = measure(table, rows)
            say(table, layout, built, found)
            sql("DROP TABLE cut.{t}", table)


def build(table: str, layout: str, rows: int) -> None:
    """Make ``table`` in the schema ``cut``, filled, with its indexes, and vacuumed."""
    values, story = TABLES[table]
    key = {"one table": None, "by story": story, "by row": "id"}[layout]
    how = f"PARTITION BY RANGE ({key})" if key else ""
    sql("CREATE SCHEMA IF NOT EXISTS cut")
    like = "(LIKE public.{t} INCLUDING DEFAULTS INCLUDING GENERATED)"
    sql(f"CREATE TABLE cut.{{t}} {like} {how}", table)
    most = rows // BLOCK * AT_A_TIME if key == story else rows
    for part in range(PARTS if key else 0):
        first, end = 1 + most * part // PARTS, 1 + most * (part + 1) // PARTS
        until = "MAXVALUE" if part == PARTS - 1 else end
        sql(
            f"CREATE TABLE cut.{{t}}_{part} PARTITION OF cut.{{t}}"
            f" FOR VALUES FROM ({first}) TO ({until})",
            table,
        )
    sql(insertion(values, f"generate_series(0, {rows - 1}) AS n"), table)
    asked = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    for (index,) in sql(f"{asked} AND tablename = '{{t}}'", table):
        index = re.sub(r"INDEX \S+ ON public\.", "INDEX ON cut.", index)
        # What is unique in each part is so in all only if it names the part.
        if key and "UNIQUE" in index and not re.search(rf"\W{key}\W", index):
            index = re.sub(r"\)(?= INCLUDE|$)", f", {key})", index)
        sql(index)
    sql("VACUUM (ANALYZE) cut.{t}", table)


def measure(table: str, rows: int) -> dict[str, float]:
    """Return milliseconds, and bytes, by what they are of."""
    values, story = TABLES[table]
    found = {}
    for name, question in QUESTIONS[table].items():
        found[name] = middle(
            table, [question.format(**of(n), t="cut.{t}") for n in spread(rows)]
        )
    new = [
        insertion(values, f"generate_series({n}, {n}) AS n")
        for n in range(rows, rows + ROUNDS * 10)
    ]
    found["a new row"] = middle(table, new)
    asked = "SELECT inhrelid::regclass::text FROM pg_inherits"
    cut = sql(
        f"{asked} WHERE inhparent = 'cut.{{t}}'::regclass ORDER BY inhrelid", table
    )
    parts = [name for (name,) in cut] or [f"cut.{table}"]
    sizes = [sql(f"SELECT pg_total_relation_size('{one}')")[0][0] for one in parts]
    found["bytes a row"] = sum(sizes) / rows
    stories = rows // BLOCK * AT_A_TIME
    newest = f"WHERE {story} > {stories * 199 // 200}"
    sql(f"UPDATE cut.{{t}} SET network_key = 'new' {newest}", table)  # noqa: S608
    # What autovacuum would take up: the parts in which something changed.
    changed = [one for one in parts if sql(f"SELECT 1 FROM {one} {newest} LIMIT 1")]  # noqa: S608
    found["vacuum after 0.5 % changed"] = spent(*(f"VACUUM {one}" for one in changed))
    oldest = f"WHERE {story} <= {stories // PARTS}"
    found["a tenth away"] = (
        spent(f"DROP TABLE {parts[0]}")
        if cut
        else spent(f"DELETE FROM {parts[0]} {oldest}", f"VACUUM {parts[0]}")  # noqa: S608
    )
    return found


def insertion(values: dict[str, str], series: str) -> str:
    columns, expressions = ", ".join(values), ", ".join(values.values())
    return f"INSERT INTO cut.{{t}} ({columns}) SELECT {expressions} FROM {series}"  # noqa: S608


def spread(rows: int) -> list[int]:
    """Return numbers of rows, old and new, that stand first in their threads."""
    return [n - n % BLOCK for n in range(0, rows, max(rows // ROUNDS, 1))]


def of(n: int) -> dict[str, int]:
    story = 1 + n // BLOCK * AT_A_TIME + n % AT_A_TIME
    return {
        "n": n,
        "id": 1 + n,
        "story": story,
        "reader": n % 200_000,
        "network": n % 50_000,
    }


def middle(table: str, questions: list[str]) -> float:
    return statistics.median(spent(one.replace("{t}", table)) for one in questions)


def spent(*statements: str) -> float:
    begin = time.monotonic()
    for statement in statements:
        sql(statement)
    return (time.monotonic() - begin) * 1000


def sql(statement: str, table: str = "") -> list[tuple]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{t}", table))
        return cursor.fetchall() if cursor.description else []


def say(table: str, layout: str, built: float, found: dict[str, dict]) -> None:
    print(f"{table}, {layout} (built in {built:.0f} s)")
    for name, value in found[layout].items():
        unit = "" if name.startswith("bytes") else " ms"
        ratio = value / found["one table"][name]
        print(f"  {name:<28}{value:12,.2f}{unit:<4} ratio {ratio:.3f}", flush=True)


if __name__ == "__main__":
    main()
