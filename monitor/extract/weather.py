# ruff: noqa: E501  (tables and patterns read best unbroken)
"""Chrome by its shape: weather boxes and calendars.

Position: asked by `decide` about short blocks, beside `tickers`. Degrees, units and runs of day numbers decide
in every language; the few words only tell a measure of the weather from any other.
"""

from __future__ import annotations

import re

from monitor.extract.tickers import MAX_CELL_CHARS

_DEGREES = re.compile(r"[+\-−–]?\d{1,3}(?:[.,]\d)?\s?(?:[°º˚](?:\s?[CFС]\b)?|℃|℉|C°|F°|&deg;)")
_DEGREE_SIGN = re.compile("[°º˚℃℉]")
_MEASURE = re.compile(
    r"[^\d:]{2,30}[:：]?\s*[+\-−]?\d{1,4}(?:[.,]\d{1,3})?\s*"
    r"(?:%|km/h|kmh|kph|mph|m/s|м/с|км/ч|կմ/ժ|մ/վ|hpa|гпа|mbar|mb|mm|мм|մմ|mmhg|inhg|kn|kt|bft|km)\.?",
    re.IGNORECASE,
)
_WEATHER_WORD = re.compile(
    r"humidity|wind|precipitation|pressure|visibility|sunrise|sunset|uv index|feels like|cloudy|overcast|sunny|clear sky"
    r"|rain|snow|drizzle|thunder|fog|mist|խոնավություն|քամի|ճնշում|տեղումներ|ամպամած|արև|անձրև|ձյուն|влажность|ветер|давление"
    r"|осадки|облачно|ясно|пасмурно|дождь|снег|luftfeuchtigkeit|luftfeuchte|wind|luftdruck|niederschlag|bewölkt|heiter|sonnig|regen|schnee"
    r"|humidité|vent|pression|nuageux|ensoleillé|pluie|neige|humedad|viento|presión|nublado|soleado|lluvia|umidade|vento|chuva|nublado"
    r"|umidità|pioggia|nuvoloso|sereno|nem|rüzgar|basınç|bulutlu|güneşli|yağmur|الرطوبة|الرياح|غائم|مشمس|湿度|风|多云|晴|阴|雨|湿度|風|曇|晴れ|雪",
    re.IGNORECASE,
)

_WEATHER_WORDS = re.compile(rf"(?<![a-zà-öø-ÿа-яё\u0561-\u0587])(?:{_WEATHER_WORD.pattern})", re.IGNORECASE)
"""The same at the beginning of a word: "train" is none."""

MAX_WEATHER_WORDS = 4
"""Words beside the degrees in a cell of a weather box: a day, a city, a condition."""

CALENDAR_DAYS = 20
"""Day numbers on one line that make a calendar."""

CALENDAR_HINTS = rf"(?:\p{{Nd}}.*){{{CALENDAR_DAYS}}}"
"""What all calendars have, in RE2's syntax: as many digits as days."""

LAST_DAY = 31


def gives_degrees(text: str) -> bool:
    """Return whether a degree sign is in a text."""
    return not text.isascii() and bool(_DEGREE_SIGN.search(text))


def is_weather(text: str) -> bool:
    """Return whether a short line gives degrees, or a measure that weather boxes give."""
    if len(text) > MAX_CELL_CHARS:
        return False
    words = re.sub(r"[^\w]+", " ", _DEGREES.sub(" ", text)).split()
    if _DEGREES.search(text):
        return len([word for word in words if not word.isdigit()]) <= MAX_WEATHER_WORDS
    return bool(_MEASURE.fullmatch(text) and _WEATHER_WORD.search(text))


def names_weather(text: str) -> bool:
    """Return whether a line says what the sky or the air is like."""
    return _WEATHER_WORD.search(text) is not None


def count_weather(text: str) -> int:
    """Return how many different words for the weather a text has."""
    return len(set(map(str.casefold, _WEATHER_WORDS.findall(text))))


def may_be_weather(text: str) -> bool:
    """Return whether a line next to a weather cell may belong to it: short, and no sentence."""
    return (
        len(text) <= MAX_CELL_CHARS
        and len(text.split()) <= MAX_WEATHER_WORDS
        and not text.endswith((".", "!", "?", "։", "。"))
    )


def is_calendar(text: str) -> bool:
    """Return whether a line is a month's days, or a clock."""
    if len(text) < CALENDAR_DAYS * 2 - 1:
        return False
    numbers = text.split()
    return (
        len(numbers) >= CALENDAR_DAYS
        and sum(n.isdecimal() and int(n) <= LAST_DAY for n in numbers[:60] if len(n) <= len("31"))
        >= CALENDAR_DAYS
    )
