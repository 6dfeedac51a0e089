"""What is written to customers: a text in the language of each, merged with what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from smsc_sim.content.customers import Customers
from smsc_sim.content.errors import ContentError
from smsc_sim.content.smart import smart_encoded
from smsc_sim.content.templates import Template, check_names, merged


@dataclass(frozen=True, slots=True)
class Letters:
    """Texts by language.

    Attributes
    ----------
    languages : tuple of str
        Who has none of them is written to in the first.
    templates : tuple of Template
        Of each language, what is the same for everybody filled in.
    column : str
        Title of the column with the language; empty where all are written to in the first.
    smart : bool
        Whether plain characters stand in place of those that break GSM 7-bit.
    """

    languages: tuple[str, ...]
    templates: tuple[Template, ...]
    column: str = ""
    smart: bool = False

    @property
    def attributes(self) -> tuple[str, ...]:
        """Columns that texts, or the choice of a text, need."""
        own = [name for template in self.templates for name in template.names]
        return tuple(dict.fromkeys([*own, *([self.column] if self.column else [])]))

    def problem(self, titles: tuple[str, ...]) -> tuple[str, str] | None:
        """Language and problem of the first placeholder that no column fills."""
        for language, template in zip(self.languages, self.templates, strict=True):
            try:
                check_names(template, titles)
            except ContentError as error:
                return language, str(error)
        return None

    def write(self, customers: Customers) -> tuple[npt.NDArray[np.int64], pa.Array]:
        """Language and text of each customer; a text is missing where an attribute of it is.

        Parameters
        ----------
        customers : Customers
            With the columns of `attributes`.

        Returns
        -------
        languages : (n,) int64 array
            Index in `languages`.
        written : (n,) pyarrow.Array of large_string
        """
        n = len(customers.rows)
        chosen = np.zeros(n, np.int64)
        if self.column:
            at = {name: index for index, name in enumerate(self.languages)}
            encoded = customers.attributes[self.column].dictionary_encode()
            codes = [at.get(name, 0) for name in encoded.dictionary.to_pylist()] + [0]
            indices = encoded.indices.fill_null(len(codes) - 1).to_numpy(zero_copy_only=False)
            chosen = np.array(codes, np.int64)[indices]
        pieces, order = [], []
        for language, template in enumerate(self.templates):
            rows = np.flatnonzero(chosen == language)
            where = pa.array(rows)
            columns = {name: customers.attributes[name].take(where) for name in template.names}
            pieces.append(merged(template, columns, len(rows)))
            order.append(rows)
        written = pa.concat_arrays(pieces).take(pa.array(np.argsort(np.concatenate(order))))
        return chosen, _smart(written) if self.smart else written

    def lacking(self, language: int, customers: Customers, row: int) -> str:
        """First attribute that a customer's text needs and lacks; empty if there is none."""
        for name in self.templates[language].names:
            if not customers.attributes[name][row].is_valid:
                return name
        return ""


def letters_of(
    texts: Mapping[str, Template], values: Mapping[str, str], column: str = "", smart: bool = False
) -> Letters:
    """Letters of templates by language, with what is the same for everybody filled in.

    Parameters
    ----------
    texts : mapping of str to Template
    values : mapping of str to str
        By placeholder.
    column, smart
        As of `Letters`.
    """
    filled = tuple(_with_values(template, values) for template in texts.values())
    return Letters(tuple(texts), filled, column, smart)


def _with_values(template: Template, values: Mapping[str, str]) -> Template:
    """A template with what is the same for everybody filled in."""
    pieces = [
        (values[piece], False) if is_name and piece in values else (piece, is_name)
        for piece, is_name in template.pieces
    ]
    return Template(tuple(pieces))


def _smart(written: pa.Array) -> pa.Array:
    """Texts in plain characters where these bring them into GSM 7-bit."""
    outside = pc.fill_null(pc.match_substring_regex(written, r"[^\x00-\x7F]"), False)
    rows = np.flatnonzero(outside.to_numpy(zero_copy_only=False))
    if not len(rows):
        return written
    plain = [smart_encoded(text) for text in written.take(pa.array(rows)).to_pylist()]
    return pc.replace_with_mask(written, outside, pa.array(plain, pa.large_string()))
