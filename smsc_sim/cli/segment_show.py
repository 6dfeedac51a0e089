"""What the verb `segment` prints."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from smsc_sim.content.octet_data import DataSegmentation
    from smsc_sim.content.savings import Savings
    from smsc_sim.content.segmentation import Segmentation


def show_data(console: Console, digits: str, series: dict[str, Any], price: Price) -> None:
    """8-bit data: its segments, each in hexadecimal digits."""
    from smsc_sim.content.octet_data import segment_data

    try:
        octets = bytes.fromhex(digits)
    except ValueError:
        raise typer.BadParameter(
            f"--hex: is no data in hexadecimal digits (got '{digits:.40}'); write e.g. 0605040B"
        ) from None
    cut = segment_data(octets, **series)
    console.print(
        f"{_count(len(cut.parts), 'segments')}: 8-bit data, {_count(cut.units, 'octets')}, "
        f"room for {cut.room:,} more{price.of(len(cut.parts))}"
    )
    if len(cut.parts) > 1:
        _show_submissions(console, cut)
        _show_parts(console, "octets", [part.hex() for part in cut.parts], cut.units_per_part)


def console_of() -> Console:
    """Standard output, 100 columns wide where it is no terminal."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 100, highlight=False, markup=False)


def _units(cut: Segmentation) -> str:
    from smsc_sim.content.alphabets import Alphabet

    return "septets" if cut.alphabet == Alphabet.GSM7 else "code units"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what if number != 1 else what.removesuffix('s')}"


class Price:
    """What segments to a country cost today; nothing where none is named."""

    def __init__(self, country: str | None, rates: str | None) -> None:
        from datetime import date

        from smsc_sim.content.errors import ContentError
        from smsc_sim.content.price_table import default_card
        from smsc_sim.content.rate_cells import country_code
        from smsc_sim.content.rates import RateKind, currency_of, load_rate_card, price_micros

        self.country = country
        if country is not None:
            try:
                country_code(country)
            except ContentError as error:
                raise typer.BadParameter(f"--country: {error}") from None
            card = load_rate_card(rates or default_card())
            self._micros = price_micros(card, RateKind.A2P, country, date.today())
            self._currency = currency_of(card, RateKind.A2P) or ""

    def of(self, segments: int) -> str:
        """As it stands in a sentence: `, 0.0861 USD to FI`."""
        from smsc_sim.content.money import format_money

        if self.country is None:
            return ""
        amount = format_money(segments * self._micros, self._currency, exact=True)
        return f", {amount} to {self.country}"


def show(console: Console, cut: Segmentation, price: Price) -> None:
    """One line about the whole, and a row for each part."""
    tables = [
        f"{kind} of {language}"
        for kind, language in (("locking shift", cut.locking), ("single shift", cut.single_shift))
        if language is not None
    ]
    console.print(
        f"{_count(len(cut.parts), 'segments')}: {cut.alphabet.name}"
        f"{' with the ' + ' and '.join(tables) if tables else ''}, "
        f"{_count(cut.units, _units(cut))}, room for {cut.room:,} more"
        f"{price.of(len(cut.parts))}"
    )
    if len(cut.parts) > 1:
        _show_submissions(console, cut)
        _show_parts(console, _units(cut), list(map(_visible, cut.parts)), cut.units_per_part)


def _show_submissions(console: Console, cut: Segmentation | DataSegmentation) -> None:
    """How the text is handed over, where that is not one submit_sm with a header per segment."""
    if cut.submitted_header_octets == cut.header_octets:
        return
    header = f"{cut.submitted_header_octets} octets of header" * (cut.submitted_header_octets > 0)
    console.print(
        f"{cut.submissions:,} submit_sm with {header or 'no header'} in the text; on the air each "
        f"segment has {cut.header_octets} octets of header"
    )


def _show_parts(console: Console, units: str, texts: list[str], lengths: Sequence[int]) -> None:
    """A row for each part."""
    from rich.table import Table

    table = Table()
    table.add_column("part", justify="right")
    table.add_column(units, justify="right")
    table.add_column("text", overflow="fold")
    for number, (text, length) in enumerate(zip(texts, lengths, strict=True), 1):
        table.add_row(str(number), str(length), text)
    console.print(table)


def _visible(part: str) -> str:
    """A part with its edges marked, and what cannot be seen written out."""
    escaped = "".join(c if c.isprintable() else repr(c)[1:-1] for c in part)
    return f"│{escaped}│"


def show_offenders(console: Console, cut: Segmentation, file: Path | None) -> None:
    """A row for each character that GSM 7-bit lacks, with where it stands."""
    from rich.table import Table

    from smsc_sim.content.smart import replacements

    plain = replacements(file=file)
    places: dict[str, list[int]] = {}
    for index, character in cut.offenders:
        places.setdefault(character, []).append(index + 1)
    tables = "without national tables " if cut.locking or cut.single_shift else ""
    console.print(f"\nGSM 7-bit {tables}lacks {_count(len(places), 'characters')} of this text:")
    table = Table()
    for head in ("character", "code point", "name", "at", "instead"):
        table.add_column(head)
    for character, at in places.items():
        shown = ", ".join(map(str, at[:6])) + (f", … ({len(at)})" if len(at) > 6 else "")
        instead = plain.get(ord(character))
        table.add_row(
            _visible(character)[1:-1],
            f"U+{ord(character):04X}",
            unicodedata.name(character, "without a name").lower(),
            shown,
            "" if instead is None else repr(instead)[1:-1] or "nothing",
        )
    console.print(table)


def show_savings(
    console: Console,
    text: str,
    cut: Segmentation,
    options: dict[str, Any],
    savings: Savings,
    price: Price,
) -> None:
    """What plain characters and txt speak would make of it."""
    from smsc_sim.content.savings import changed_texts
    from smsc_sim.content.segmentation import segment as cut_of

    (plain,), (short,) = changed_texts([text], savings)
    for title, changed, before in (("plain characters", plain, text), ("txt speak", short, plain)):
        if changed == before:
            console.print(f"\n{title}: changes nothing")
            continue
        after = cut_of(changed, **options)
        saved = len(cut.parts) - len(after.parts)
        saving = (
            f"saves {saved} of {len(cut.parts)}{price.of(saved)}" if saved > 0 else "saves none"
        )
        if saved > 0 and changed == plain and savings.probability < 1:
            saving += f"; {saved * savings.probability:g} on average"
        console.print(
            f"\n{title}: {_count(len(after.parts), 'segments')} ({saving}), "
            f"{_count(after.units, _units(after))}"
        )
        console.print(changed)
