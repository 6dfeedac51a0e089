"""Numbers that look drawn but belong to a customer: the same wherever the row stands in a list."""

import hashlib

import numpy as np
import numpy.typing as npt


def scattered(e164: npt.NDArray[np.int64], purpose: str) -> npt.NDArray[np.float64]:
    """A number in [0, 1) for each customer and purpose.

    Parameters
    ----------
    e164 : (n,) int64 array
        Telephone numbers.
    purpose : str
        Numbers of different purposes know nothing of each other.

    Returns
    -------
    (n,) float64 array

    References
    ----------
    Finaliser of SplitMix64 (Steele, Lea and Flood 2014), as in `model.draws`.

    Examples
    --------
    >>> two = scattered(np.array([358401234567, 358401234568]), "sample")
    >>> bool(two[0] != two[1]), bool(((two >= 0) & (two < 1)).all())
    (True, True)
    """
    golden = np.uint64(0x9E3779B97F4A7C15)
    seed = hashlib.blake2b(purpose.encode(), digest_size=8).digest()
    z = _mixed(e164.astype(np.uint64) * golden ^ np.uint64(int.from_bytes(seed, "little")))
    return _mixed(z + golden).astype(np.float64) * 2.0**-64 % 1.0  # 2**-64 may round up to 1


def _mixed(z: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
