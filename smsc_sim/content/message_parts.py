"""Which columns of a table of messages hold text, number, country, day, ..."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from smsc_sim.content.errors import ContentError
from smsc_sim.content.row_files import refuse_absent

TITLES: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "message", "body", "content"),
    "segments": ("segments", "parts"),
    "number": ("number", "to", "recipient", "msisdn", "phone", "destination"),
    "country": ("country",),
    "operator": ("operator", "mcc_mnc", "network"),
    "day": ("date", "day", "submitted", "sent", "time", "timestamp"),
    "delivered": ("delivered", "state", "status"),
}
"""What a column may be called for the program to take it for a part, in order of preference."""


def parts_in(titles: tuple[str, ...], named: Mapping[str, str], where: object) -> dict[str, str]:
    """Which column holds which part of a message.

    Parameters
    ----------
    titles : tuple of str
        What there is.
    named : mapping of str to str
        Part to title, as the user says.
    where : object
        Name of the table for errors.

    Returns
    -------
    dict of str to str
        Part, of `TITLES`, to title; parts that are not there are absent.

    Raises
    ------
    ContentError
        If a column that was named is not there, or there is no such part.
    """
    for part, title in named.items():
        if part not in TITLES:
            close = get_close_matches(part, TITLES, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"parts are {', '.join(TITLES)}"
            raise ContentError(f"{where}: no part of a message is called '{part}'; {hint}")
        refuse_absent(titles, title, where)
    lower = {title.strip().lower(): title for title in reversed(titles)}
    found = {}
    for part, known in TITLES.items():
        wanted = named.get(part) or next((lower[title] for title in known if title in lower), None)
        if wanted is not None:
            found[part] = wanted
    return found
