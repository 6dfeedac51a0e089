"""The verb `segment`: how many segments a text is, and why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from smsc_sim.cli import FINE
from smsc_sim.cli.segment_show import (
    Price,
    console_of,
    show,
    show_data,
    show_offenders,
    show_savings,
)
from smsc_sim.cli.texts import reference_octets_of, savings_of, text_alphabet


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
    concatenation: Annotated[
        str,
        typer.Option(
            "--concatenation",
            metavar="udh|sar|payload",
            help="How an application hands a long text over: header, sar_ parameters, "
            "message_payload.",
        ),
    ] = "udh",
    data: Annotated[
        bool, typer.Option("--hex", help="TEXT is 8-bit data in hexadecimal digits.")
    ] = False,
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
    probability: Annotated[
        float,
        typer.Option(
            "--probability", metavar="P", help="That the provider puts plain characters in: 0.8."
        ),
    ] = 1.0,
    replacements: Annotated[
        Path | None,
        typer.Option("--replacements", metavar="FILE.csv", help="Your own plain characters."),
    ] = None,
    lexicon: Annotated[
        Path | None, typer.Option("--lexicon", metavar="FILE.csv", help="Your own txt speak.")
    ] = None,
) -> int:
    """Show how a text is cut into segments, what breaks GSM 7-bit, and what would save segments.

    For example:

    smsc-sim segment "Your code is 481 920" --shorten --country FI

    smsc-sim segment "Kodunuz: 481 920. Şifrenizi paylaşmayın" --language turkish

    smsc-sim segment - --boundary grapheme < text.txt

    smsc-sim segment --hex 0605040B8423F0
    """
    from smsc_sim.content.segmentation import segment as cut_of

    if text == "-":
        text = _read()
    price = Price(country, rates)
    console = console_of()
    series: dict[str, Any] = {
        "reference_octets": reference_octets_of(reference),
        "concatenation": concatenation,
        "most_segments": most_segments,
    }
    if data:
        show_data(console, text, series, price)
        return FINE
    options: dict[str, Any] = {
        "alphabet": text_alphabet(alphabet),
        "languages": language or (),
        "boundary": boundary,
        **series,
    }
    cut = cut_of(text, **options)
    show(console, cut, price)
    if cut.offenders:
        show_offenders(console, cut, replacements)
    if shorten:
        savings = savings_of(replacements, lexicon, probability)
        show_savings(console, text, cut, options, savings, price)
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
