"""Pictures of votes over time, as numbers that a template draws."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

WIDTH, HEIGHT = 600, 120  # units of the drawing
BARS = 48


@dataclass(frozen=True)
class Bar:
    """One bar: where it stands, how high it is, and what it says."""

    x: float
    width: float
    y: float
    height: float
    number: int
    label: str


def over_time(
    times: Iterable[datetime], first: datetime, last: datetime
) -> Sequence[Bar]:
    """Return the number of ``times`` in 48 equal stretches from ``first`` to ``last``."""
    step = max((last - first) / BARS, timedelta(seconds=1))
    numbers = Counter(min(int((time - first) / step), BARS - 1) for time in times)
    local = first.replace(tzinfo=None)  # as it was given: nothing to add to a label
    labels = [(local + step * place).isoformat(" ", "minutes") for place in range(BARS)]
    return of([(labels[place], numbers[place]) for place in range(BARS)])


def of(columns: Sequence[tuple[str, int]]) -> Sequence[Bar]:
    """Return a bar for each label and number, the highest as high as the drawing."""
    highest = max((number for _label, number in columns), default=0) or 1
    width = WIDTH / max(len(columns), 1)
    return [
        Bar(
            x=round(place * width, 2),
            width=round(width * 0.8, 2),
            y=round(HEIGHT - HEIGHT * number / highest, 2),
            height=round(HEIGHT * number / highest, 2),
            number=number,
            label=label,
        )
        for place, (label, number) in enumerate(columns)
    ]
