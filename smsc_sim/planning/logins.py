"""Logins by theory: how many codes they ask for, and how many are completed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from smsc_sim.model.codes import NOBODY, OK
from smsc_sim.model.login import FALLBACK_CODE
from smsc_sim.model.network import Network
from smsc_sim.planning.offnet import mean_s, outcomes, route_of
from smsc_sim.scenario.distributions import quantiles_ns
from smsc_sim.theory.logins import Delay, LoginOdds, login_odds, still_open
from smsc_sim.theory.renewal import availability

Floats = npt.NDArray[np.float64]

VALUES = 2000  # that stand for a distribution


def values_s(network: Network, distribution: int) -> Floats:
    """Equally likely values in s of a table of quantiles, ascending."""
    return quantiles_ns(network.quantile_ns, distribution, VALUES) / 1e9


def code_delay(network: Network, source: int, population: int) -> Delay:
    """Time from asking for a code until it is on the handset, if its first attempt succeeds.

    Nothing queues.  A code whose first attempt fails counts as one that never comes: for a person
    who waits it is much the same.
    """
    latency_s = network.account_latency_ns[network.source_account[source]] / 1e9
    first = network.population_route_first[population]
    node = network.population_hlr[population]
    if network.population_route_first[population + 1] > first:
        route = route_of(network, source, population)
        good = outcomes(network, network.route_outcomes[route]).get(OK, 0.0)
        latency_s += network.route_latency_ns[route] / 1e9
        times_s = values_s(network, network.route_delay[route])
    elif network.foreign_hlr_time[node] != NOBODY:
        good = outcomes(network, network.foreign_hlr_outcomes[node]).get(OK, 0.0)
        good *= outcomes(network, network.foreign_msc_outcomes[node]).get(OK, 0.0)
        latency_s += mean_s(network, network.foreign_hlr_time[node])
        times_s = values_s(network, network.foreign_msc_time[node])
    else:
        good = availability(
            float(network.population_on_ns[population]),
            float(network.population_off_ns[population]),
        )
        good *= 1.0 - network.p_unknown[population]
        text = network.text_first[network.text_of[source]]
        blocks = -(-network.text_last_octets[text] // network.block_octets[population])
        radio_ns = network.access_ns[population] + blocks * network.block_ns[population]
        mean_page_s = network.paging_ns[population] / 1e9
        shares = (np.arange(VALUES) + 0.5) / VALUES
        times_s = radio_ns / 1e9 - mean_page_s * np.log1p(-shares)
    lost = round(len(times_s) * (1.0 - good) / max(good, 1e-9)) if good > 0 else 1
    kept = latency_s + times_s if good > 0 else times_s[:0]
    return Delay(np.concatenate([kept, np.full(min(lost, 10**6), np.inf)]))


def odds_of(network: Network, person: int, population: int) -> LoginOdds:
    """Fate of the logins of a person's source to one population, without the fallback.

    A `resend_after` that varies counts with its mean.
    """
    source = network.person_source[person]
    first, last = network.person_again_first[person], network.person_again_first[person + 1]
    return login_odds(
        code_delay(network, source, population),
        values_s(network, network.person_patience[person]),
        max(1e-9, mean_s(network, network.person_resend[person])),
        last - first + 1,
        network.person_expires_ns[person] / 1e9,
    )


def share_of_code(network: Network, source: int, population: int) -> float:
    """Codes of a source per login to a population: 1 of a source of first codes."""
    person, code = network.source_person[source], network.source_code[source]
    if code == 0:
        return 1.0
    if code != FALLBACK_CODE:
        return odds_of(network, person, population).asked[code]
    first, last = network.person_again_first[person], network.person_again_first[person + 1]
    return still_open(
        code_delay(network, network.person_source[person], population),
        values_s(network, network.person_patience[person]),
        max(1e-9, mean_s(network, network.person_resend[person])),
        last - first + 1,
        network.person_expires_ns[person] / 1e9,
        values_s(network, network.person_typing[person]),
        network.person_fallback_ns[person] / 1e9,
    )
