"""Readers of the time series' file formats: one function a file, its rows as arrays.

They take a path, so a copy from elsewhere can be read too: UCI's file of the traffic data has
seconds in its times and is gzipped, UCI's file of the gestures has a row of names; both are taken.
"""

import csv
import gzip
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .entry import DamagedData

WEATHER = ("Clear", "Clouds", "Drizzle", "Fog", "Haze", "Mist",
           "Rain", "Smoke", "Snow", "Squall", "Thunderstorm")  # fmt: skip
PHASES = ("D", "P", "S", "H", "R")  # rest, preparation, stroke, hold, retraction
ACTIVITIES = ("Walking", "Jogging", "Upstairs", "Downstairs", "Sitting", "Standing")


class Table(NamedTuple):
    x: np.ndarray  # (T, I), float64, nan where a value is missing
    y: np.ndarray  # (T,), float64 (a number to predict) or int64 (a class)
    time: np.ndarray | None  # (T,), int64, seconds since 1970 by the clock of the place


def _rows(path: Path, width: int, delimiter: str = ",") -> list[list[str]]:
    """The lines of a text file as fields; all must have ``width`` of them, empty lines are left."""
    try:
        opened = gzip.open if path.name.endswith(".gz") else open
        with opened(path, "rt", encoding="utf-8", newline="") as stream:
            rows = [row for row in csv.reader(stream, delimiter=delimiter) if row]
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error) as error:
        raise DamagedData(f"{path} cannot be read: {error}") from error
    wrong = [k for k, row in enumerate(rows, 1) if len(row) != width and k > 1]
    if wrong or len(rows) < 2:
        where = f"row {wrong[0]} has {len(rows[wrong[0] - 1])}" if wrong else "it has no rows"
        raise DamagedData(f"{path}: {width} fields a row are expected, {where}")
    return rows


def _numbers(path: Path, rows: list[list[str]]) -> np.ndarray:
    """Fields to float64; ``?`` is missing."""
    try:
        return np.array([[np.nan if f == "?" else float(f) for f in row] for row in rows])
    except ValueError as error:
        raise DamagedData(f"{path}: {error}") from error


def _times(path: Path, fields: list[str]) -> np.ndarray:
    try:
        return np.array(fields, dtype="datetime64[s]").astype(np.int64)
    except ValueError as error:
        raise DamagedData(f"{path}: {error}") from error


def _classes(path: Path, fields: list[str], names: tuple[str, ...]) -> np.ndarray:
    unknown = sorted(set(fields) - set(names))
    if unknown:
        raise DamagedData(f"{path}: class {unknown[0]!r} is not one of {', '.join(names)}")
    return np.array([names.index(field) for field in fields], dtype=np.int64)


def read_occupancy(path: Path) -> Table:
    """Temperature, humidity, light, CO2, humidity ratio (T, 5); y 1 where someone was there."""
    rows = _rows(path, 8)[1:]  # 7 names, then a row number and 7 fields
    y = _classes(path, [row[7] for row in rows], ("0", "1"))
    return Table(_numbers(path, [row[2:7] for row in rows]), y, _times(path, [r[1] for r in rows]))


def read_ozone(path: Path) -> Table:
    """72 measurements a day (T, 72); y 1 on an ozone day."""
    rows = _rows(path, 74)
    dates = [row[0].split("/") for row in rows]
    if any(len(date) != 3 for date in dates):
        raise DamagedData(f"{path}: dates must be month/day/year")
    iso = [f"{year}-{int(month):02d}-{int(day):02d}" for month, day, year in dates]
    y = _classes(path, [row[73].rstrip(".") for row in rows], ("0", "1"))
    return Table(_numbers(path, [row[1:73] for row in rows]), y, _times(path, iso))


def read_traffic(path: Path) -> Table:
    """Holiday (0, 1), temperature (K), rain and snow (mm/h), clouds (%), weather (index into
    WEATHER): (T, 6); y the cars in an hour.
    """
    rows = _rows(path, 9)[1:]
    holiday = np.array([[row[0] not in ("None", "")] for row in rows], dtype=float)
    weather = _classes(path, [row[5] for row in rows], WEATHER)[:, None]
    x = np.hstack([holiday, _numbers(path, [row[1:5] for row in rows]), weather])
    cars = _numbers(path, [[row[8]] for row in rows])[:, 0]
    return Table(x, cars, _times(path, [row[7] for row in rows]))


def read_gesture(path: Path) -> Table:
    """Velocities and accelerations of hands and wrists (T, 32); y the phase, index into PHASES."""
    rows = _rows(path, 33)
    rows = rows[1:] if rows[0][-1] not in PHASES else rows
    y = _classes(path, [row[32] for row in rows], PHASES)
    return Table(_numbers(path, [row[:32] for row in rows]), y, None)


def read_wisdm(path: Path) -> Table:
    """43 features of windows of 10 s (T, 43); y the activity, index into ACTIVITIES."""
    try:
        head, _, body = path.read_text("utf-8").partition("@data")
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedData(f"{path} cannot be read: {error}") from error
    width = head.lower().count("@attribute")
    rows = [row for row in csv.reader(body.splitlines()) if row]
    if width != 44 or not rows or any(len(row) != width for row in rows):
        raise DamagedData(f"{path}: 44 attributes and as many fields a row are expected")
    y = _classes(path, [row[43] for row in rows], ACTIVITIES)
    return Table(_numbers(path, [row[:43] for row in rows]), y, None)
