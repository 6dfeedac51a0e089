"""What texts become when they are changed to save segments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from smsc_sim.content.errors import ContentError
from smsc_sim.content.shortening import Lexicon, lexicon, shortened
from smsc_sim.content.smart import Table, replacements, smart_encoded


@dataclass(frozen=True, slots=True)
class Savings:
    """How texts may be changed.

    Attributes
    ----------
    replacements : mapping of int to str, optional
        Of `smart.replacements`. Default: the shipped ones that keep the wording.
    lexicon : Lexicon, optional
        Of `shortening.lexicon`. Default: the shipped one.
    probability : float
        That a provider does replace, 0 to 1: some do it for a part of the messages only.
    """

    replacements: Table | None = None
    lexicon: Lexicon | None = None
    probability: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise ContentError(
                f"probability: must be from 0 to 1 (got {self.probability!r}); 1 means always"
            )


def changed_texts(texts: Iterable[str], savings: Savings) -> tuple[list[str], list[str]]:
    """Texts after smart encoding, and after txt speak on top of it.

    Parameters
    ----------
    texts : iterable of str
    savings : Savings

    Returns
    -------
    (list of str, list of str)
    """
    table = replacements() if savings.replacements is None else savings.replacements
    words = lexicon() if savings.lexicon is None else savings.lexicon
    plain = [smart_encoded(text, table) for text in texts]
    return plain, [shortened(text, words) for text in plain]
