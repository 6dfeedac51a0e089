"""Shares of a year: what arrives, is answered and opts out, drawn anew where it was measured."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from smsc_sim.content.price_table import PriceTable
from smsc_sim.planning.expected import SEED, KnownShare, known_share, shares_of
from smsc_sim.planning.year_people import Mail
from smsc_sim.scenario.years import LoadedYear


class Shares:
    """Shares of each replication."""

    def __init__(self, loaded: LoadedYear, table: PriceTable, mails: Mapping[str, Mail]) -> None:
        year = loaded.plan
        written = [mail.country[mail.good] for mail in mails.values()]
        codes = np.unique(np.concatenate(written)).tolist()
        names = [table.countries[code] for code in codes]
        found = shares_of(loaded, dict.fromkeys(names, 1), _rng(year.seed, "delivered"))
        assert found is not None, "the schema asks for it"
        self._delivered = {c: found[name] for c, name in zip(codes, names, strict=True)}
        self._answers = {
            name: None
            if step.answers is None
            else known_share(step.answers, _rng(year.seed, f"answers to {name}"))
            for name, step in year.steps.items()
        }
        self._opt_outs = (
            None
            if year.opt_outs is None
            else known_share(year.opt_outs, _rng(year.seed, "opt-outs"))
        )
        self._countries = len(table.countries)

    def delivered(self, replication: int) -> npt.NDArray[np.float64]:
        """By country of the price table."""
        found = np.zeros(self._countries)
        for code, share in self._delivered.items():
            found[code] = _drawn(share, replication)
        return found

    def answers(self, step: str, replication: int) -> float:
        """Of one step."""
        return _drawn(self._answers[step], replication)

    def opt_outs(self, replication: int) -> float:
        """Of all steps."""
        return _drawn(self._opt_outs, replication)


def _rng(seed: int, purpose: str) -> np.random.Generator:
    """A stream for each share, so that none depends on which others there are."""
    digest = hashlib.sha256(purpose.encode()).digest()
    return np.random.default_rng([SEED, seed, int.from_bytes(digest[:8], "big")])


def _drawn(share: KnownShare | None, replication: int) -> float:
    if share is None:
        return 0.0
    return share.mean if share.draws is None else float(share.draws[replication % len(share.draws)])
