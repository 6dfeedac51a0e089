"""What fits into one segment, and the octets it takes."""

from smsc_sim.content.alphabets import Alphabet
from smsc_sim.content.errors import ContentError

PAYLOAD_OCTETS = 140
"""User data that one segment carries, its header included (3GPP TS 23.040 9.2.3.24.1)."""

UNIT_BITS = {Alphabet.GSM7: 7, Alphabet.UCS2: 16, Alphabet.OCTETS: 8}
"""Bits of one unit of each alphabet."""

# Length of the header, identifier and length of the element, total, number of this segment.
_HEADER_OCTETS_BESIDE_REFERENCE = 5


def header_octets_of(reference_octets: int) -> int:
    """Octets of a user data header that holds nothing but the concatenation element.

    Parameters
    ----------
    reference_octets : int
        1 for an 8-bit reference number, 2 for a 16-bit one.

    Returns
    -------
    int
        6 or 7.

    Raises
    ------
    ContentError
        If `reference_octets` is neither 1 nor 2.

    References
    ----------
    3GPP TS 23.040 9.2.3.24.1 gives 140 - 6 octets for the 8-bit reference; one octet more for the
    16-bit reference is from memory.
    """
    if reference_octets not in (1, 2):
        raise ContentError(
            f"reference_octets: a concatenation reference has 1 or 2 octets "
            f"(got {reference_octets!r}); use 1 unless the sender needs 2"
        )
    return _HEADER_OCTETS_BESIDE_REFERENCE + reference_octets


def segment_capacity(
    alphabet: Alphabet, header_octets: int = 0, payload_octets: int = PAYLOAD_OCTETS
) -> int:
    """Units that fit into one segment behind its user data header.

    Parameters
    ----------
    alphabet : Alphabet
    header_octets : int
        Octets of the header, its length octet included; 0 without one.
    payload_octets : int
        Octets of user data per segment, header included.

    Returns
    -------
    int
        Septets, 16-bit code units or octets, rounded down to whole units.

    Raises
    ------
    ContentError
        If the segment has no room for one character of two units (one octet of data).

    References
    ----------
    3GPP TS 23.040 9.2.3.24.1: 153 = 160 - 7 septets, 67 code units and 134 octets behind a header
    of 6 octets. One octet stays unused behind an odd header in UCS2.

    Examples
    --------
    >>> [segment_capacity(Alphabet.GSM7, header) for header in (0, 6, 7)]
    [160, 153, 152]
    >>> [segment_capacity(Alphabet.UCS2, header) for header in (0, 6, 7)]
    [70, 67, 66]
    """
    text_bits = 8 * payload_octets - header_bits(alphabet, header_octets)
    capacity = text_bits // UNIT_BITS[alphabet]
    if capacity < (1 if alphabet == Alphabet.OCTETS else 2):
        raise ContentError(
            f"payload_octets: a header of {header_octets} octets leaves no room for a character "
            f"of {alphabet.name} (got {payload_octets}); use at least {header_octets + 4}"
        )
    return capacity


def user_data_octets(alphabet: Alphabet, units: int, header_octets: int = 0) -> int:
    """Octets of TP-UD of one segment.

    Parameters
    ----------
    alphabet : Alphabet
    units : int
        Septets, 16-bit code units or octets in this segment.
    header_octets : int
        Octets of the header, its length octet included; 0 without one.

    Returns
    -------
    int
        Octets of header, fill bits and text; a last octet of septets begun counts whole.

    References
    ----------
    3GPP TS 23.038 6.1.2.1.1 (packing of 7-bit characters). Fill bits up to the next multiple of
    seven bits behind a header are from memory; 160 - 7 septets in TS 23.040 9.2.3.24.1 needs them.

    Examples
    --------
    >>> user_data_octets(Alphabet.GSM7, 153, 6), user_data_octets(Alphabet.UCS2, 66, 7)
    (140, 139)
    """
    bits = header_bits(alphabet, header_octets) + UNIT_BITS[alphabet] * units
    return -(-bits // 8)


def header_bits(alphabet: Alphabet, header_octets: int) -> int:
    """Bits in front of the text: the header and, before septets, the fill bits behind it.

    Parameters
    ----------
    alphabet : Alphabet
    header_octets : int
        Octets of the header, its length octet included; 0 without one.

    Returns
    -------
    int
    """
    bits = 8 * header_octets
    return bits + (-bits % 7 if alphabet == Alphabet.GSM7 else 0)
