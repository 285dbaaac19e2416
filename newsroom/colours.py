"""Whether a colour can be read on paper, and the same colour for the night.

Contrast is that of WCAG 2.2 (“contrast ratio”, “relative luminance”); lightness is
changed in OKLCH, where a colour keeps its hue (Ottosson 2020, “A perceptual color space
for image processing”, with the matrices given there).
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3, for text of any size
DARK_CONTRAST = 6  # more than the least: a dull colour at night is no accent
STEP = 0.01  # of lightness, from 0 (black) to 1 (white)

# What text in the accent stands on, as in static/css/tokens.css.
LIGHT_PAPERS = ("#fdfcf9", "#f4f1ea")
DARK_PAPERS = ("#171613", "#211f1b")

type Triple = tuple[float, float, float]


def is_colour(text: str) -> bool:
    """Tell whether ``text`` is a colour as in “#9a2a1f”."""
    return bool(re.fullmatch(r"#[0-9a-fA-F]{6}", text))


def contrast(colour: str, paper: str) -> float:
    """Return the contrast of two colours, 1 (none) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(colour), _luminance(paper)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def least_contrast(colour: str, papers: Iterable[str]) -> float:
    """Return the contrast of ``colour`` on the paper where it is lowest."""
    return min(contrast(colour, paper) for paper in papers)


def darkened(colour: str) -> str:
    """Return ``colour``, as much darker as it takes to be read on the light paper."""
    return _until_read(colour, LIGHT_PAPERS, LEAST_CONTRAST, -STEP)


def lightened(colour: str) -> str:
    """Return ``colour``, as much lighter as it takes to be read on the dark paper."""
    return _until_read(colour, DARK_PAPERS, DARK_CONTRAST, STEP)


def _until_read(colour: str, papers: tuple[str, ...], least: float, step: float) -> str:
    lightness, chroma, hue = _to_oklch(colour)
    while least_contrast(colour, papers) < least:
        lightness += step
        if not 0 < lightness < 1:
            return "#ffffff" if step > 0 else "#000000"
        colour = _in_gamut(lightness, chroma, hue)
    return colour


def _in_gamut(lightness: float, chroma: float, hue: float) -> str:
    """Return the colour with the most of ``chroma`` that a screen can show."""
    while chroma > 0.001:
        channels = _to_linear_rgb(lightness, chroma, hue)
        if all(-0.0001 <= one <= 1.0001 for one in channels):
            return _hexadecimal(channels)
        chroma *= 0.97
    return _hexadecimal(_to_linear_rgb(lightness, 0, hue))


def _luminance(colour: str) -> float:
    red, green, blue = _linear_rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear_rgb(colour: str) -> Triple:
    red, green, blue = (
        _linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5)
    )
    return red, green, blue


def _linear(channel: float) -> float:
    if channel <= 0.04045:
        return channel / 12.92
    return ((channel + 0.055) / 1.055) ** 2.4


def _hexadecimal(linear: Triple) -> str:
    channels = (min(max(one, 0), 1) for one in linear)
    coded = (
        12.92 * one if one <= 0.0031308 else 1.055 * one ** (1 / 2.4) - 0.055
        for one in channels
    )
    return "#" + "".join(f"{round(255 * one):02x}" for one in coded)


def _to_oklch(colour: str) -> Triple:
    r, g, b = _linear_rgb(colour)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    green_red = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    blue_yellow = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return (
        lightness,
        math.hypot(green_red, blue_yellow),
        math.atan2(blue_yellow, green_red),
    )


def _to_linear_rgb(lightness: float, chroma: float, hue: float) -> Triple:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
