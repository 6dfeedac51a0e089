"""The strict frozen base of every part of a scenario, and the small types the parts share."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from smsc_sim.scenario.errors import Refusal, did_you_mean
from smsc_sim.scenario.quantities import Share

NAME_PATTERN = r"^[A-Za-z0-9_-]{1,40}$"
SHARE_TOLERANCE = 1e-9
FREE = "none"  # kind of price of what nobody pays us for


class Part(BaseModel):
    """A part of a scenario: no unknown keys, no change after reading, docstrings as manual."""

    model_config = ConfigDict(
        defer_build=True,  # most parts are only checked within the whole, which is built once
        frozen=True,
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        validate_default=True,
        serialize_by_alias=True,
    )


def given(text: str | int | dict[str, Any], **details: Any) -> Any:
    """Declare a default as it would stand in the file, e.g. ``given("1 s")``."""
    return Field(default=text, **details)


def _name(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(NAME_PATTERN, value):
        raise Refusal("needs a name", "use at most 40 letters, digits, '_' and '-', e.g. north_1")
    return value


Name = Annotated[
    str,
    BeforeValidator(_name),
    WithJsonSchema({"type": "string", "pattern": NAME_PATTERN}),
]
"""A name: at most 40 letters, digits, underscores and hyphens."""


LINK_PATTERN = NAME_PATTERN[:-1] + r"(\.[1-9][0-9]?)?$"


def _element_name(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(LINK_PATTERN, value):
        raise Refusal("needs the name of an element", "write e.g. north_1, or north-a.2 for a link")
    return value


ElementName = Annotated[
    str,
    BeforeValidator(_element_name),
    WithJsonSchema({"type": "string", "pattern": LINK_PATTERN}),
]
"""Name of an element; of a single link, that of its set, a dot and its number from 1."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Refusal("needs a text")
    if len(value) > 2000 or any(ord(c) < 32 and c != "\n" for c in value):
        raise Refusal("must be at most 2000 printable characters", show_value=False)
    return value


Text = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": "string"})]
"""Free text of at most 2000 characters."""


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value not in ("true", "false"):
        raise Refusal("must be true or false")
    return bool(value == "true")


Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
"""Either true or false."""


@functools.cache
def _countries() -> frozenset[str]:
    import pycountry

    return frozenset(str(country.alpha_2) for country in pycountry.countries)


def _country(value: Any) -> str:
    if not isinstance(value, str) or value not in _countries():
        near = value.upper() if isinstance(value, str) else ""
        near = {"UK": "GB", "EL": "GR"}.get(near, near)
        remedy = did_you_mean(near, _countries()) if near in _countries() else "write e.g. FI"
        raise Refusal("needs a country code of ISO 3166-1, two capital letters", remedy)
    return value


Country = Annotated[
    str,
    BeforeValidator(_country),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$", "examples": ["FI"]}),
]
"""A country: the two capital letters of ISO 3166-1."""


def ratio_of_one(shares: Iterable[float], what: str = "shares") -> None:
    """Check that shares sum to 100 %, within 1e-9.

    Raises
    ------
    Refusal
        If they do not; the sum is named.
    """
    total = math.fsum(shares)
    if abs(total - 1.0) > SHARE_TOLERANCE:
        raise Refusal(
            f"{what} must sum to 100 %, they sum to {total * 100:.10g} %",
            "change one of them",
            show_value=False,
        )


def _sums_to_one(shares: dict[str, float]) -> dict[str, float]:
    ratio_of_one(shares.values())
    return shares


def _whole_to_one(value: Any) -> Any:
    if isinstance(value, str):
        return {value: "100 %"}
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return {name: f"{100 / len(set(value))!r} %" for name in value}
    if not isinstance(value, dict) or not value:
        raise Refusal("needs a name, or names with shares", "write e.g. {north: 60 %, south: 40 %}")
    return value


Shares = Annotated[
    dict[Name, Share],
    BeforeValidator(_whole_to_one),
    AfterValidator(_sums_to_one),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": NAME_PATTERN},
                {"type": "array", "items": {"type": "string", "pattern": NAME_PATTERN}},
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": {
                        "type": "string",
                        "pattern": r"^[0-9.]+([eE][+-]?[0-9]+)? *(%|percent)$",
                        "examples": ["60 %"],
                    },
                },
            ]
        }
    ),
]
"""Names with shares that sum to 100 %; one bare name means all of it, a list equal shares."""
