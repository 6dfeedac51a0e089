"""Options about texts that several verbs share, and what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer


def text_alphabet(name: str | None) -> Any:
    """Alphabet that an option names."""
    from smsc_sim.content.alphabets import Alphabet

    if name is None:
        return None
    if name.upper() not in ("GSM7", "UCS2"):
        raise typer.BadParameter(f"'{name}' is no alphabet of texts; use GSM7 or UCS2")
    return Alphabet[name.upper()]


def reference_octets_of(bits: int) -> int:
    """Octets of a reference whose bits an option names."""
    if bits not in (8, 16):
        raise typer.BadParameter(f"a reference has 8 or 16 bits (got {bits})")
    return bits // 8


def savings_of(replacements: Path | None, lexicon: Path | None, probability: float) -> Any:
    """How texts may be changed, as options say."""
    from smsc_sim.content.savings import Savings
    from smsc_sim.content.shortening import lexicon as lexicon_of
    from smsc_sim.content.smart import replacements as replacements_of

    return Savings(
        None if replacements is None else replacements_of(file=replacements),
        None if lexicon is None else lexicon_of(lexicon),
        probability,
    )


def languages_of(pairs: list[str]) -> dict[str, tuple[str, ...]]:
    """National languages by country; those without one are known everywhere.

    Examples
    --------
    >>> languages_of(["turkish", "IN=hindi", "IN=tamil"])
    {'': ('turkish',), 'IN': ('turkish', 'hindi', 'tamil')}
    """
    found: dict[str, list[str]] = {"": []}
    for pair in pairs:
        country, sign, name = pair.rpartition("=")
        if not name or (sign and not country):
            raise typer.BadParameter(f"--language: write COUNTRY=NAME or NAME (got '{pair}')")
        found.setdefault(country, []).append(name)
    everywhere = found[""]
    return {
        country: tuple(everywhere + names) if country else tuple(names)
        for country, names in found.items()
    }
