"""Alphabets of a short message, and what each character costs in them."""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from smsc_sim.content.errors import ContentError


class Alphabet(IntEnum):
    """Coding of the user data of a message.

    The numbers are ours, for int8 arrays; they are not the bits of TP-DCS.
    """

    GSM7 = 0
    """GSM 7-bit default alphabet; a unit is a septet."""
    UCS2 = 1
    """UTF-16, as phones use UCS2; a unit is a 16-bit code unit."""
    OCTETS = 2
    """8-bit data; a unit is an octet."""


def alphabet_of(value: object) -> "Alphabet | None":
    """Alphabet that a value or a name such as "UCS2" means; None for None.

    Raises
    ------
    ContentError
        If there is no such alphabet.

    Examples
    --------
    >>> alphabet_of("gsm7").name, alphabet_of(1).name
    ('GSM7', 'UCS2')
    """
    if value is None:
        return None
    for alphabet in Alphabet:
        if value == alphabet or (isinstance(value, str) and value.upper() == alphabet.name):
            return alphabet
    raise ContentError(
        f"alphabet: is unknown (got {value!r}); use {', '.join(known.name for known in Alphabet)}"
    )


ESCAPE = 0x1B
"""Septet that says: the next one is a code of the extension table."""

# NOTE: 0x09 is the capital C with cedilla (3GPP TS 23.038 6.2.1 as printed in module manuals, for
# example Siemens TC35 AT command set 02.10, 7.10). GSM0338.TXT of Unicode says small; it is alone.
GSM7_DEFAULT = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
"""The 128 characters of the default alphabet; the position is the code (3GPP TS 23.038 6.2.1)."""

GSM7_EXTENSION: Mapping[int, str] = MappingProxyType(
    {
        0x0A: "\f",
        0x14: "^",
        0x28: "{",
        0x29: "}",
        0x2F: "\\",
        0x3C: "[",
        0x3D: "~",
        0x3E: "]",
        0x40: "|",
        0x65: "€",
    }
)
"""Code after ESCAPE -> character (3GPP TS 23.038 6.2.1.1)."""

GSM7_CODES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {character: (code,) for code, character in enumerate(GSM7_DEFAULT) if code != ESCAPE}
    | {character: (ESCAPE, code) for code, character in GSM7_EXTENSION.items()}
)
"""Character -> the one or two septets that carry it. The escape itself is not a character."""


def gsm7_offenders(text: str) -> tuple[tuple[int, str], ...]:
    """Characters that the GSM 7-bit default alphabet and its extension table lack.

    Parameters
    ----------
    text : str

    Returns
    -------
    tuple of (int, str)
        Index in `text` and character, in the order of the text; empty when GSM 7-bit can carry it.

    Examples
    --------
    >>> gsm7_offenders("Łódź {ok}")
    ((0, 'Ł'), (1, 'ó'), (3, 'ź'))
    """
    return tuple(
        (index, character) for index, character in enumerate(text) if character not in GSM7_CODES
    )


def character_units(text: str, alphabet: Alphabet) -> list[int]:
    """Units that each character of a text takes.

    Parameters
    ----------
    text : str
    alphabet : Alphabet
        GSM7 or UCS2: 8-bit data is not text.

    Returns
    -------
    list of int
        One number per character, 1 or 2: septets for GSM7, where an extension character is an
        escape pair; 16-bit code units for UCS2, where a character beyond U+FFFF is a surrogate
        pair.

    Raises
    ------
    ContentError
        If the alphabet cannot carry the text, or if the text holds half of a surrogate pair.
    """
    _refuse_lone_surrogates(text)
    if alphabet == Alphabet.UCS2:
        return [2 if character > "\uffff" else 1 for character in text]
    if alphabet == Alphabet.OCTETS:
        raise ContentError("alphabet: OCTETS carries data, not text (got a text); use GSM7 or UCS2")
    offenders = gsm7_offenders(text)
    if offenders:
        index, character = offenders[0]
        raise ContentError(
            f"text: GSM7 cannot carry {len(offenders)} of its {len(text)} characters "
            f"(got {character!r} at index {index} first); replace them or use UCS2"
        )
    return [len(GSM7_CODES[character]) for character in text]


def septets_of(text: str) -> int | None:
    """Length of a text in septets of the GSM 7-bit default alphabet.

    Parameters
    ----------
    text : str

    Returns
    -------
    int or None
        Septets; a character of the extension table counts two. None when the alphabet cannot
        carry the text.

    Examples
    --------
    >>> septets_of("100 €"), septets_of("100 ₽")
    (6, None)
    """
    if gsm7_offenders(text):
        return None
    return sum(character_units(text, Alphabet.GSM7))


def code_units_of(text: str) -> int:
    """Length of a text in 16-bit code units of UTF-16.

    Parameters
    ----------
    text : str

    Returns
    -------
    int
        Code units; a character beyond U+FFFF counts two.

    Raises
    ------
    ContentError
        If the text holds half of a surrogate pair.

    Examples
    --------
    >>> code_units_of("né 😀")
    5
    """
    return sum(character_units(text, Alphabet.UCS2))


def _refuse_lone_surrogates(text: str) -> None:
    """Raise ContentError at the first half of a surrogate pair.

    Python joins true pairs into one character, so every surrogate in a `str` is a half.
    """
    for index, character in enumerate(text):
        if "\ud800" <= character <= "\udfff":
            raise ContentError(
                f"text: half of a surrogate pair cannot be sent "
                f"(got U+{ord(character):04X} at index {index}); mend or remove it"
            )
