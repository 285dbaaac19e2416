"""A query that the ORM writes once, for the places that ask it on every request.

Writing a query costs the ORM several times what the database takes to answer it.
"""

from __future__ import annotations

from copy import copy
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connections

from newsroom import replica

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.backends.base.operations import BaseDatabaseOperations
    from django.db.models import QuerySet
    from django.db.models.sql.compiler import SQLCompiler

type Arguments = tuple[Any, ...]
type Adapter = Callable[[Any, BaseDatabaseOperations], Any]


class Compiled:
    """A query, told apart by its arguments, that is written once.

    ``write`` takes as many arguments as ``examples`` has, and returns a queryset. The
    examples are of the types of the real ones (text, date, aware datetime, int); they
    differ from each other and from any constant in the query. What is prefetched is not
    fetched.
    """

    def __init__(self, write: Callable[..., QuerySet[Any]], *examples: Any) -> None:
        self._write = write
        self._examples = examples
        self._written: dict[str, _Written] = {}

    def row(self, *arguments: Any) -> tuple[Any, ...] | None:
        """Return the first row for ``arguments``; None if there is none. One query.

        It comes as the driver has it: ask for numbers and text alone.
        """
        try:
            sql, parameters = self._for_database().filled(arguments)
        except EmptyResultSet:
            return None
        with connections[replica.asked()].cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchone()

    def all(self, *arguments: Any) -> list[Any]:
        """Return what the queryset would for ``arguments``. One query."""
        written = self._for_database()
        queryset: Any = _Queryset(written, arguments)
        iterable: Iterable[Any] = written.queryset._iterable_class(queryset)
        return list(iterable)

    def first(self, *arguments: Any) -> Any:
        """Return the first of ``all``, or None."""
        return next(iter(self.all(*arguments)), None)

    def _for_database(self) -> _Written:
        vendor = connections[replica.asked()].vendor
        if vendor not in self._written:
            self._written[vendor] = _Written(
                self._write(*self._examples), self._examples
            )
        return self._written[vendor]


def examples(number: int) -> list[int]:
    """Return so many different numbers that any column of numbers can hold."""
    return list(range(1_605_000_000, 1_605_000_000 + number))


class _Written:
    """What the ORM made of ``queryset`` for one kind of database."""

    def __init__(self, queryset: Any, examples: Arguments) -> None:
        database = connections[replica.asked()]
        self.queryset = queryset
        self.compiler: SQLCompiler = queryset.query.get_compiler(database.alias)
        self.sql, self.parameters = self.compiler.as_sql()
        columns = [column for column, _sql, _alias in self.compiler.select or ()]
        self.converters = self.compiler.get_converters(columns)
        self.adapters = [_adapter(one) for one in examples]
        places = {
            adapt(one, database.ops): place
            for place, (one, adapt) in enumerate(
                zip(examples, self.adapters, strict=True)
            )
        }
        if missing := places.keys() - set(self.parameters):
            raise AssertionError(f"The query does not ask for {missing}.")
        # Where an argument stands among the parameters, and which.
        self.slots = [
            (spot, places[one])
            for spot, one in enumerate(self.parameters)
            if one in places
        ]

    def filled(self, arguments: Arguments) -> tuple[str, list[Any]]:
        """Return the SQL and its parameters.

        Raise ``EmptyResultSet``, as a compiler does, for a number no database can hold.
        """
        ops = connections[replica.asked()].ops
        adapted = [
            adapt(one, ops) for adapt, one in zip(self.adapters, arguments, strict=True)
        ]
        parameters = list(self.parameters)
        for spot, place in self.slots:
            parameters[spot] = adapted[place]
        return self.sql, parameters


class _Queryset:
    """As much of a queryset, and of its query, as what makes objects of rows asks for."""

    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, written: _Written, arguments: Arguments) -> None:
        self.query = self
        self.model = written.queryset.model
        self._fetch_mode = written.queryset._fetch_mode
        self._written, self._arguments = written, arguments
        self.db = replica.asked()

    def get_compiler(self, using: str) -> SQLCompiler:
        """Return the compiler as it was after it wrote the query, for this thread."""
        compiler = copy(self._written.compiler)
        compiler.connection, compiler.using = connections[using], using
        compiler.as_sql = self._as_sql  # type: ignore[method-assign]
        compiler.get_converters = self._get_converters  # type: ignore[method-assign]
        return compiler

    def _get_converters(self, expressions: Any) -> Any:
        return self._written.converters

    def _as_sql(self, *_how: bool, **_named: bool) -> tuple[str, tuple[Any, ...]]:
        sql, parameters = self._written.filled(self._arguments)
        return sql, tuple(parameters)


def _adapter(example: Any) -> Adapter:
    """Return what hands such a value to a database's driver as the ORM does."""
    if isinstance(example, datetime):
        return lambda value, ops: ops.adapt_datetimefield_value(value)
    if isinstance(example, date):
        return lambda value, ops: ops.adapt_datefield_value(value)
    if isinstance(example, int):
        return lambda value, _ops: _storable(value)
    return lambda value, _ops: value


def _storable(number: int) -> int:
    if not -(2**63) <= number < 2**63:
        raise EmptyResultSet
    return number
