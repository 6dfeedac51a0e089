"""The verb `segment`: how many segments a text is, and why."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smsc_sim.cli import FINE
from smsc_sim.cli.texts import reference_octets_of, text_alphabet

if TYPE_CHECKING:
    from rich.console import Console

    from smsc_sim.content.segmentation import Segmentation


def segment(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text, or - to read it.")],
    shorten: Annotated[
        bool, typer.Option("--shorten", help="Show plain characters and txt speak, and the saving.")
    ] = False,
    alphabet: Annotated[
        str | None,
        typer.Option("--alphabet", metavar="GSM7|UCS2", help="Default: the smaller one."),
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option("--language", help="National tables that the phone knows; may be repeated."),
    ] = None,
    reference: Annotated[
        int, typer.Option("--reference", metavar="8|16", help="Bits of the reference of a series.")
    ] = 8,
    boundary: Annotated[
        str,
        typer.Option(
            "--boundary", metavar="surrogate|grapheme", help="What a cut never goes through."
        ),
    ] = "surrogate",
    most_segments: Annotated[
        int, typer.Option("--most-segments", help="Refuse a text that needs more.")
    ] = 255,
    country: Annotated[
        str | None, typer.Option("--country", help="Say what it costs to send there, e.g. FI.")
    ] = None,
    rates: Annotated[
        str | None,
        typer.Option("--rates", metavar="CARD", help="A shipped card or a CSV file."),
    ] = None,
    replacements: Annotated[
        Path | None,
        typer.Option("--replacements", metavar="FILE.csv", help="Your own plain characters."),
    ] = None,
    lexicon: Annotated[
        Path | None, typer.Option("--lexicon", metavar="FILE.csv", help="Your own txt speak.")
    ] = None,
) -> int:
    """Show how a text is cut into segments, what breaks GSM 7-bit, and what would save segments.

    Example: smsc-sim segment "Your code is 481 920" --shorten --country FI
    """
    from smsc_sim.content.segmentation import segment as cut_of

    if text == "-":
        text = _read()
    options: dict[str, Any] = {
        "alphabet": text_alphabet(alphabet),
        "languages": language or (),
        "reference_octets": reference_octets_of(reference),
        "boundary": boundary,
        "most_segments": most_segments,
    }
    cut = cut_of(text, **options)
    price = _Price(country, rates)
    console = _console()
    _show(console, cut, price)
    if cut.offenders:
        _show_offenders(console, cut, replacements)
    if shorten:
        _show_savings(console, text, cut, options, replacements, lexicon, price)
    return FINE


def _read() -> str:
    """The text on standard input, without the line's end that a shell adds."""
    from smsc_sim.content.errors import ContentError

    octets = sys.stdin.buffer.read()
    try:
        return octets.decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise ContentError(
            f"standard input: is no UTF-8 from octet {error.start} on; convert it first"
        ) from None


def _console() -> Console:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 100, highlight=False, markup=False)


def _units(cut: Segmentation) -> str:
    from smsc_sim.content.alphabets import Alphabet

    return "septets" if cut.alphabet == Alphabet.GSM7 else "code units"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what if number != 1 else what.removesuffix('s')}"


class _Price:
    """What segments to a country cost today; nothing where none is named."""

    def __init__(self, country: str | None, rates: str | None) -> None:
        from datetime import date

        from smsc_sim.content.price_table import default_card
        from smsc_sim.content.rates import RateKind, currency_of, load_rate_card, price_micros

        self.country = country
        if country is not None:
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


def _show(console: Console, cut: Segmentation, price: _Price) -> None:
    """One line about the whole, and a row for each part."""
    from rich.table import Table

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
    if len(cut.parts) == 1:
        return
    table = Table()
    table.add_column("part", justify="right")
    table.add_column(_units(cut), justify="right")
    table.add_column("text", overflow="fold")
    for number, (part, units) in enumerate(zip(cut.parts, cut.units_per_part, strict=True), 1):
        table.add_row(str(number), str(units), _visible(part))
    console.print(table)


def _visible(part: str) -> str:
    """A part with its edges marked, and what cannot be seen written out."""
    escaped = "".join(c if c.isprintable() else repr(c)[1:-1] for c in part)
    return f"│{escaped}│"


def _show_offenders(console: Console, cut: Segmentation, file: Path | None) -> None:
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


def _show_savings(
    console: Console,
    text: str,
    cut: Segmentation,
    options: dict[str, Any],
    replacements_file: Path | None,
    lexicon_file: Path | None,
    price: _Price,
) -> None:
    """What plain characters and txt speak would make of it."""
    from smsc_sim.content.segmentation import segment as cut_of
    from smsc_sim.content.shortening import lexicon, shortened
    from smsc_sim.content.smart import replacements, smart_encoded

    plain = smart_encoded(text, replacements(file=replacements_file))
    short = shortened(plain, lexicon(lexicon_file))
    for title, changed, before in (("plain characters", plain, text), ("txt speak", short, plain)):
        if changed == before:
            console.print(f"\n{title}: changes nothing")
            continue
        after = cut_of(changed, **options)
        saved = len(cut.parts) - len(after.parts)
        saving = (
            f"saves {saved} of {len(cut.parts)}{price.of(saved)}" if saved > 0 else "saves none"
        )
        console.print(
            f"\n{title}: {_count(len(after.parts), 'segments')} ({saving}), "
            f"{_count(after.units, _units(after))}"
        )
        console.print(changed)
