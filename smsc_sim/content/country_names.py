"""Countries as lists name them: by code of two or three letters, or in English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from smsc_sim.content.rate_cells import known_countries

_ALIASES: Mapping[str, str] = {
    "brunei": "BN", "cape verde": "CV", "congo": "CG", "democratic republic of the congo": "CD",
    "czech republic": "CZ", "east timor": "TL", "great britain": "GB", "hong kong sar": "HK",
    "ivory coast": "CI", "kosovo": "XK", "laos": "LA", "macau": "MO", "macedonia": "MK",
    "palestine": "PS", "reunion": "RE", "russia": "RU", "swaziland": "SZ", "syria": "SY",
    "turkey": "TR", "uk": "GB", "usa": "US", "vatican": "VA",
}  # fmt: skip
"""Names in daily use that ISO 3166 does not list."""


def country_named(cell: str) -> str:
    """Code of a country that a cell names by code or in English; else the cell itself."""
    if cell.upper() in known_countries():
        return cell.upper()
    return _codes_by_name().get(cell.lower(), cell)


@cache
def _codes_by_name() -> Mapping[str, str]:
    """Names of ISO 3166, codes of three letters and names in daily use -> alpha-2."""
    import pycountry  # Takes 0.1 s: only who reads a list waits for it.

    found = {}
    for country in pycountry.countries:
        for field in ("alpha_3", "name", "official_name", "common_name"):
            said = getattr(country, field, None)
            if said is not None:
                found[said.lower()] = country.alpha_2
    return {**found, **_ALIASES}
