"""How the texts of a bill are cut: one way for all, and national tables by destination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from smsc_sim.content.alphabets import Alphabet, alphabet_of
from smsc_sim.content.errors import ContentError
from smsc_sim.content.rate_cells import known_countries
from smsc_sim.content.segmentation import MAX_SEGMENTS, language_names, segment
from smsc_sim.content.sizes import DEFAULTS, Columns, measured, refine

EVERYWHERE = ""
"""Stands for every destination that is not named."""

Languages = Sequence[str] | Mapping[str, Sequence[str]]
"""National languages that all destinations support, or each country."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """Options that were checked together.

    Attributes
    ----------
    options : mapping
        All of `sizes.DEFAULTS`; its languages are none.
    languages : mapping of str to tuple of str
        By country, or EVERYWHERE; no languages where there is no entry.
    most_segments : int
    """

    options: Mapping[str, Any] = field(default_factory=lambda: DEFAULTS)
    languages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    most_segments: int = MAX_SEGMENTS

    @property
    def alphabet(self) -> Alphabet | None:
        """The one that is forced."""
        found: Alphabet | None = self.options["alphabet"]
        return found


def cutting_of(
    languages: Languages = (), *, most_segments: int = MAX_SEGMENTS, **options: Any
) -> Cutting:
    """Check options.

    Parameters
    ----------
    languages : sequence of str, or mapping of str to sequence of str
        Of all destinations; or by country, ISO 3166 alpha-2.
    most_segments : int
        A message that needs more is not priced.
    **options
        Of `segmentation.segment`: alphabet, reference_octets, payload_octets, boundary.

    Returns
    -------
    Cutting

    Raises
    ------
    ContentError
        If an option makes no sense, or a country or a language is unknown.

    Examples
    --------
    >>> cutting_of({"TR": "turkish"}).languages
    {'TR': ('turkish',)}
    """
    for name in options.keys() - DEFAULTS.keys():
        raise ContentError(
            f"{name}: is no option of a bill; use languages, most_segments, "
            f"{', '.join(known for known in DEFAULTS if known != 'languages')}"
        )
    chosen = {**DEFAULTS, **options}
    chosen["alphabet"] = alphabet_of(chosen["alphabet"])
    by_country = languages if isinstance(languages, Mapping) else {EVERYWHERE: languages}
    names = {country: language_names(known) for country, known in by_country.items()}
    for country in names:
        if country != EVERYWHERE and country not in known_countries():
            raise ContentError(
                f"languages: is not a country code of ISO 3166 (got '{country}'); "
                "use two capital letters such as TR"
            )
    for known in names.values() or [()]:
        segment("", most_segments=most_segments, **{**chosen, "languages": known})
    return Cutting(chosen, {place: known for place, known in names.items() if known}, most_segments)


def cut_texts(
    texts: pa.Array,
    cutting: Cutting,
    place: npt.NDArray[np.integer],
    countries: Sequence[str],
) -> Columns:
    """Segments, alphabet, units and room of texts to various destinations.

    Parameters
    ----------
    texts : (n,) pyarrow.Array
        Of string or large_string.
    cutting : Cutting
    place : (n,) integer array
        Index of each destination in `countries`.
    countries : sequence of str

    Returns
    -------
    dict of str to (n,) array
        As of `sizes.measured`; `coding` counts in the codings of each destination's languages.
    """
    columns = measured(texts, {**cutting.options, "boundary": "surrogate"})
    if not cutting.languages and cutting.options["boundary"] == "surrogate":
        return columns
    groups: dict[tuple[str, ...], npt.NDArray[np.bool_]] = {}
    everywhere = cutting.languages.get(EVERYWHERE, ())
    for index, country in enumerate(countries):
        known = cutting.languages.get(country, everywhere)
        groups.setdefault(known, np.zeros(len(countries), np.bool_))[index] = True
    for known, is_theirs in groups.items():
        among = None if is_theirs.all() else is_theirs[place]
        refine(texts, columns, {**cutting.options, "languages": known}, among)
    return columns
