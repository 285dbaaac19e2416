"""The parts of a story's address."""

from datetime import date


class DayConverter:
    """A date as in 2026/11/23; one that no calendar has matches nothing."""

    regex = "[0-9]{4}/[0-9]{2}/[0-9]{2}"

    def to_python(self, value: str) -> date:
        year, month, day = map(int, value.split("/"))
        return date(year, month, day)

    def to_url(self, value: date) -> str:
        # Not strftime: it writes the year 987 with three digits on Linux.
        return f"{value.year:04}/{value.month:02}/{value.day:02}"


class MonthOfSitemapConverter:
    """A month as in 2026-11, as the date of its first day."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        year, month = map(int, value.split("-"))
        return date(year, month, 1)

    def to_url(self, value: date) -> str:
        return f"{value.year:04}-{value.month:02}"


class UnicodeSlugConverter:
    """Letters of any script, digits, hyphens and underscores."""

    regex = r"[-\w]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class YearConverter:
    """A year of four digits; there was no year 0."""

    regex = "[0-9]{4}"

    def to_python(self, value: str) -> date:
        return date(int(value), 1, 1)

    def to_url(self, value: date) -> str:
        return f"{value.year:04}"


class MonthConverter:
    """A month as in 2026/11, by its first day."""

    regex = "[0-9]{4}/[0-9]{2}"

    def to_python(self, value: str) -> date:
        year, month = map(int, value.split("/"))
        return date(year, month, 1)

    def to_url(self, value: date) -> str:
        return f"{value.year:04}/{value.month:02}"
