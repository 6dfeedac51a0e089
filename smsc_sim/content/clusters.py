"""Classes of characters that decide where grapheme clusters begin."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import regex

CLASSES = (
    "Other", "CR", "LF", "Control", "Extend", "ZWJ", "Regional_Indicator", "Prepend", "SpacingMark",
    "L", "V", "T", "LV", "LVT", "pictograph", "consonant", "linker", "loose",
)  # fmt: skip
"""Values of Grapheme_Cluster_Break, and below them: pictographs and Indic consonants among the
others, linkers and what breaks a conjunct among those that extend; numbers as in `kernels`."""


@cache
def cluster_classes() -> npt.NDArray[np.uint8]:
    """Class of every character, (1114112,), an index in CLASSES.

    References
    ----------
    Unicode Standard Annex 29, table 2; properties as in the package regex.
    """
    code = {name: number for number, name in enumerate(CLASSES)}
    every = "".join(map(chr, range(0x110000)))
    classes = np.zeros(0x110000, np.uint8)

    def has(prop: str) -> npt.NDArray[np.bool_]:
        found = np.zeros(0x110000, np.bool_)
        for match in regex.finditer(rf"\p{{{prop}}}+", every):
            found[match.start() : match.end()] = True
        return found

    for name in CLASSES[1 : code["pictograph"]]:
        classes[has(f"GCB={name}")] = code[name]
    is_other, extends = classes == code["Other"], classes == code["Extend"]
    classes[is_other & has("Extended_Pictographic")] = code["pictograph"]
    classes[is_other & has("InCB=Consonant")] = code["consonant"]
    is_linker = has("InCB=Linker")
    classes[extends & ~has("InCB=Extend")] = code["loose"]
    classes[extends & is_linker] = code["linker"]
    return classes
