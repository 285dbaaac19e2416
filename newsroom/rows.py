"""Save the rows that readers write, by SQL that is written once for each model.

The ORM takes several times as long to write a statement as the database to obey it;
see ``compiled`` for the questions.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connection

if TYPE_CHECKING:
    from django.db.models import Model


def save(row: Model) -> None:
    """Insert or update ``row`` with all its fields, as its own ``save`` would.

    For a model of one table whose fields hold values, and no expressions. No signal is
    sent. What the database generates is fetched when a new row is asked for it. Raise the
    model's ``NotUpdated`` for a row that is gone.
    """
    is_new = row._state.adding
    # What it refers to may have been saved, and have a number, since it was named.
    row._prepare_related_fields_for_save(operation_name="save")  # type: ignore[attr-defined]
    sql, fields = (_insertion if is_new else _update)(type(row))
    values = [
        field.get_db_prep_save(field.pre_save(row, is_new), connection)
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        if not (is_new or cursor.rowcount):
            raise type(row).NotUpdated  # type: ignore[attr-defined]
        if is_new and type(row)._meta.auto_field:
            row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@lru_cache
def _insertion(model: type[Model]) -> tuple[str, list[Any]]:
    meta = model._meta
    fields = [one for one in _stored(model) if one is not meta.auto_field]
    places = ", ".join(["%s"] * len(fields))
    columns = ", ".join(f'"{one.column}"' for one in fields)
    sql = f'INSERT INTO "{meta.db_table}" ({columns}) VALUES ({places})'  # noqa: S608  # names of our own
    if meta.auto_field:
        sql += f' RETURNING "{meta.auto_field.column}"'
    return sql, fields


@lru_cache
def _update(model: type[Model]) -> tuple[str, list[Any]]:
    meta = model._meta
    fields = [one for one in _stored(model) if not one.primary_key]
    settings = ", ".join(f'"{one.column}" = %s' for one in fields)
    sql = f'UPDATE "{meta.db_table}" SET {settings} WHERE "{meta.pk.column}" = %s'  # noqa: S608  # names of our own
    return sql, [*fields, meta.pk]


def _stored(model: type[Model]) -> list[Any]:
    return [one for one in model._meta.local_concrete_fields if not one.generated]
