"""Units of measurement as papers write them, and their size in base units."""

from __future__ import annotations

import re
from functools import lru_cache

_UNITS: tuple[tuple[str, float, str], ...] = (
    ("h", 1, r"hours? hrs? h"),
    ("h", 1 / 60, r"min(?:ute)?s?"),
    ("h", 1 / 3600, r"sec(?:ond)?s? s"),
    ("h", 1 / 3.6e6, r"milliseconds? msec ms"),
    ("h", 24, r"days? d nights?"),
    ("h", 168, r"weeks? wks?"),
    ("month", 1, r"months? mos? mths?"),
    ("month", 12, r"years? yrs? y"),
    ("month", 120, r"decades?"),
    ("g", 1, r"grams? grammes? gm g"),
    ("g", 1e3, r"kilograms? kgs? kilos?"),
    ("g", 1e-3, r"milligrams? mgs?"),
    ("g", 1e-6, r"micrograms? mcg [µμu]g"),
    ("g", 1e-9, r"nanograms? ng"),
    ("g", 1e-12, r"picograms? pg"),
    ("g", 453.592, r"pounds? lbs?"),
    ("l", 1, r"lit(?:er|re)s? [lL]"),
    ("l", 0.1, r"d[lL]"),
    ("l", 1e-3, r"millilit(?:er|re)s? m[lL]s? cc cm3 cm³ cm\^3"),
    ("l", 1e-6, r"microlit(?:er|re)s? [µμu][lL] mm3 mm³ mm\^3"),
    ("m", 1, r"met(?:er|re)s? m"),
    ("m", 1e3, r"kilomet(?:er|re)s? km"),
    ("m", 1e-2, r"centimet(?:er|re)s? cms?"),
    ("m", 1e-3, r"millimet(?:er|re)s? mm"),
    ("m", 1e-6, r"micromet(?:er|re)s? microns? [µμu]m"),
    ("m", 1e-9, r"nanomet(?:er|re)s? nm"),
    ("m", 0.0254, r"inch(?:es)?"),
    ("m", 0.3048, r"feet foot ft"),
    ("m2", 1, r"square\smet(?:er|re)s? m2 m² m\^2"),
    ("m2", 1e-4, r"cm2 cm² cm\^2"),
    ("m2", 1e-6, r"mm2 mm² mm\^2"),
    ("Gy", 1, r"Gy [Gg]rays?"),
    ("Gy", 1e-2, r"c[Gg]y rads?"),
    ("Gy", 1e-3, r"mGy"),
    ("Sv", 1, r"Sv"),
    ("Sv", 1e-3, r"mSv"),
    ("Bq", 1, r"Bq"),
    ("Bq", 1e6, r"MBq"),
    ("Bq", 1e9, r"GBq"),
    ("Bq", 3.7e7, r"mCi"),
    ("U", 1, r"units? U IU UI I\.U\. international\sunits"),
    ("U", 1e6, r"MU MIU"),
    ("U", 1e3, r"kU kIU"),
    ("U", 1e-3, r"mU mIU"),
    ("U", 1e-6, r"[µμ]I?U"),
    ("mol", 1, r"mol moles?"),
    ("mol", 1e-3, r"mmol millimoles? mEq mOsm"),
    ("mol", 1e-6, r"[µμu]mol micromoles?"),
    ("mol", 1e-9, r"nmol nanomoles?"),
    ("mol", 1e-12, r"pmol"),
    ("M", 1e-3, r"mM"),
    ("M", 1e-6, r"[µμu]M"),
    ("M", 1e-9, r"nM"),
    ("mmHg", 1, r"mm\s?Hg"),
    ("mmHg", 7.50062, r"kPa"),
    ("mmHg", 0.735559, r"cm\s?H[2₂]O"),
    ("mmHg", 750.062, r"bars?"),
    ("mmHg", 51.7149, r"psi"),
    ("J", 1, r"J joules?"),
    ("J", 1e3, r"[kK]J kilojoules?"),
    ("J", 4184, r"kcals? kilocalories? calories?"),
    ("W", 1, r"W watts?"),
    ("V", 1, r"V volts?"),
    ("V", 1e-3, r"mV"),
    ("V", 1e3, r"kV"),
    ("A", 1e-3, r"mA"),
    ("Hz", 1, r"Hz hertz"),
    ("Hz", 1e3, r"kHz"),
    ("Hz", 1e6, r"MHz"),
    ("N", 1, r"N newtons?"),
    ("T", 1, r"tesla"),
    ("dB", 1, r"dB decibels?"),
    ("bpm", 1, r"bpm"),
    ("rpm", 1, r"rpm"),
    ("MET", 1, r"METs?"),
    ("°C", 1, r"°\s?C º\s?C ℃ degrees?\s[Cc](?:elsius)? [Cc]elsius"),
    ("°F", 1, r"°\s?F degrees?\s[Ff](?:ahrenheit)?"),
    ("°", 1, r"degrees? °"),
    ("", 1e-2, r"% ％ per\scent percent(?:age\spoints?)?"),
    ("", 1e-3, r"‰"),
    ("", 1e-6, r"ppm"),
)
"""Base unit, size in it, and the patterns of the names. A month is not given in hours, because its length varies."""


def _either(patterns: list[str]) -> str:
    return "|".join(sorted(patterns, key=lambda pattern: -len(pattern)))


_NAMES = _either([name for _, _, names in _UNITS for name in names.split()])
TIME = _either([name for base, _, names in _UNITS for name in names.split() if base in ("h", "month")])
"""The names of units of time, as part of a pattern."""
_POWER = r"\^?[-−–⁻]?[123¹²³]"
_DIGIT = "[123¹²³]"
_AREA = str.maketrans("²³", "23", "1¹")
_COMPILED = tuple((base, size, re.compile("|".join(names.split()))) for base, size, names in _UNITS)
_PART = rf"(?:(?:{_NAMES})(?![^\W\d_])(?:{_POWER}(?!\w|\.\d))?)"
UNIT = (
    rf"(?:{_PART}(?:[·⋅. ]?{_PART}(?<=[123¹²³]))*"  # mg; mg kg−1 day−1
    rf"(?:(?:\s?/\s?|\sper\s)(?:{_PART}|[a-z]+(?![\w-])))*"  # mg/kg/day; mg per kg; mg/patient
    rf"|(?:\s?/\s?|\sper\s)(?:{_NAMES})(?![\w-]))"  # 3.5/week
)
"""A unit, compound or not, as part of a pattern whose letters' case counts; a word boundary must follow it."""


@lru_cache(maxsize=4096)
def in_base_units(unit: str) -> tuple[float, str]:
    """The size of a unit, and its base units: numerators, and denominators behind "/", in alphabetic order.

    What is no known unit stands for itself.

    >>> in_base_units("mg/dL"), in_base_units("mg per kg"), in_base_units("mg kg−1") == in_base_units("mg/kg")
    ((0.01, 'g/l'), (1e-06, 'g/g'), True)
    >>> in_base_units("per cent"), in_base_units("patients")
    ((0.01, ''), (1.0, 'patients'))
    """
    size, above, below, mark = 1.0, [], [], ""
    for part in re.findall(rf"per\s(?!cent)|/|{_PART}|[^\s/·⋅]+", unit):
        if part in ("/", "per "):
            mark = "/"
            continue
        power = re.search(rf"(?<=[^\W\d_])\^?[-−–⁻]({_DIGIT})$", part)
        name = part[: power.start()] + power[1].translate(_AREA) if power else part
        factor, base = next(((f, b) for b, f, pattern in _COMPILED if pattern.fullmatch(name)), (1.0, name))
        if mark or power:
            size /= factor
            below.append(base)
        else:
            size *= factor
            above.append(base)
    return float(f"{size:.9g}"), " ".join(sorted(above)) + "".join(f"/{base}" for base in sorted(below))
