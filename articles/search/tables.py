"""The indexes that SQLite and PostgreSQL keep of ``SearchEntry``, each in its own words.

SQLite has an FTS5 table beside it, which holds no text of its own and is kept in step
by triggers; PostgreSQL a column that it computes, under a GIN index. So whatever
writes an entry or deletes it, a cascade too, is in the index in the same transaction.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Words are folded and cut before they are stored: the tokenizer needs only spaces.
_SQLITE = (
    """
    CREATE VIRTUAL TABLE articles_search USING fts5(
        headline, text, marks,
        content='articles_searchentry', content_rowid='id', tokenize='ascii'
    )
    """,
    """
    CREATE TRIGGER articles_search_insert AFTER INSERT ON articles_searchentry BEGIN
        INSERT INTO articles_search (rowid, headline, text, marks)
        VALUES (new.id, new.headline, new.text, new.marks);
    END
    """,
    """
    CREATE TRIGGER articles_search_delete AFTER DELETE ON articles_searchentry BEGIN
        INSERT INTO articles_search (articles_search, rowid, headline, text, marks)
        VALUES ('delete', old.id, old.headline, old.text, old.marks);
    END
    """,
    """
    CREATE TRIGGER articles_search_update AFTER UPDATE ON articles_searchentry BEGIN
        INSERT INTO articles_search (articles_search, rowid, headline, text, marks)
        VALUES ('delete', old.id, old.headline, old.text, old.marks);
        INSERT INTO articles_search (rowid, headline, text, marks)
        VALUES (new.id, new.headline, new.text, new.marks);
    END
    """,
    "INSERT INTO articles_search (articles_search) VALUES ('rebuild')",
)
_NOT_SQLITE = (
    "DROP TRIGGER IF EXISTS articles_search_insert",
    "DROP TRIGGER IF EXISTS articles_search_delete",
    "DROP TRIGGER IF EXISTS articles_search_update",
    "DROP TABLE IF EXISTS articles_search",
)
# The words are there already, in their order: no parser or locale has a say in them. A
# word of the headline weighs ten times one of the text; marks have no place in either.
_POSTGRESQL = (
    """
    CREATE FUNCTION articles_search_words(words text, weight text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT coalesce(
            string_agg(
                quote_literal(word) || ':' || least(place, 16383) || weight, ' '
            ),
            ''
        )::tsvector
        FROM unnest(string_to_array(words, ' ')) WITH ORDINALITY AS said (word, place)
        WHERE word <> ''
    $$
    """,
    """
    ALTER TABLE articles_searchentry ADD COLUMN vector tsvector
    GENERATED ALWAYS AS (
        articles_search_words(headline, 'A')
        || articles_search_words(text, 'D')
        || array_to_tsvector(string_to_array(marks, ' '))
    ) STORED
    """,
    "CREATE INDEX articles_search ON articles_searchentry USING gin (vector)",
)
_NOT_POSTGRESQL = (
    "ALTER TABLE articles_searchentry DROP COLUMN IF EXISTS vector",
    "DROP FUNCTION IF EXISTS articles_search_words(text, text)",
)
_CREATED = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
_DROPPED = {"sqlite": _NOT_SQLITE, "postgresql": _NOT_POSTGRESQL}


def create(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the database's own index of all entries that there are."""
    _execute(_CREATED, schema_editor)


def drop(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the database's own index; the entries stay."""
    _execute(_DROPPED, schema_editor)


def _execute(
    statements: dict[str, tuple[str, ...]], schema_editor: BaseDatabaseSchemaEditor
) -> None:
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)
