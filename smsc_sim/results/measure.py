"""One measured quantity: what the registries of measures are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Shape = Literal["percent", "plain", "seconds", "count", "money"]


@dataclass(frozen=True)
class Measure:
    """One measured quantity.

    Attributes
    ----------
    name : str
        Key in every frame and file.
    unit : str
        `"1"` for ratios, `"currency"` where the unit is the currency of the manifest.
    title : str
        Head of a table column or label of an axis, without unit.
    definition : str
        One sentence.
    group : str
        Heading in the glossary of the report.
    shape : str
        How a value is written: percent, plain number, seconds, count or money.
    """

    name: str
    unit: str
    title: str
    definition: str
    group: str
    shape: Shape
