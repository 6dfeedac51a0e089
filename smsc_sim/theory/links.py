"""Signalling links in closed form: what one link carries, how a link set shares, how MSUs wait.

Octets are those on the wire (`smsc_sim.model.octets.msu_octets`), one direction of a link at a
time: the two directions do not share anything.
"""

import math

SLS_VALUES = 16  # 4 bits of signalling link selection in ITU-T networks
FISU_OCTETS = 6  # a fill-in signal unit, sent whenever a link has nothing else to send
LINK_SPEED_BIT_PER_S = 64_000


def emission_s(octets: float, speed_bit_per_s: float = LINK_SPEED_BIT_PER_S) -> float:
    """Time to send so many octets.

    Raises
    ------
    ValueError
        If the octets are negative or the speed is not above 0.

    Examples
    --------
    >>> emission_s(200)
    0.025
    """
    if octets < 0:
        raise ValueError(f"octets: must be at least 0 (got {octets:g})")
    if not speed_bit_per_s > 0:
        raise ValueError(f"speed_bit_per_s: must be above 0 (got {speed_bit_per_s:g})")
    return 8 * octets / speed_bit_per_s


def messages_per_s(
    octets_forward: float,
    octets_backward: float,
    utilisation: float,
    speed_bit_per_s: float = LINK_SPEED_BIT_PER_S,
) -> float:
    """Messages per second that load the busier direction of one link to a utilisation.

    Parameters
    ----------
    octets_forward, octets_backward : float
        Octets of all the MSUs that one message causes on the link, in each direction.
    utilisation : float
        From 0 to 1; planners use 0.2 or 0.4 in normal operation, twice that after a failure.
    speed_bit_per_s : float
        Speed of the link in each direction.

    Raises
    ------
    ValueError
        If no octets are sent, or an argument is out of its range.

    Examples
    --------
    SRI-SM and mt-ForwardSM of 160 septets from an SMSC, their two results back:

    >>> round(messages_per_s(114 + 278, 128 + 100, utilisation=0.4), 1)
    8.2
    """
    if not 0 <= utilisation <= 1:
        raise ValueError(f"utilisation: must be from 0 to 1 (got {utilisation:g})")
    busier_s = max(
        emission_s(octets_forward, speed_bit_per_s), emission_s(octets_backward, speed_bit_per_s)
    )
    if busier_s == 0:
        raise ValueError("octets_forward, octets_backward: one of them must be above 0 (got 0, 0)")
    return utilisation / busier_s


def largest_link_share(links: int, sls_values: int = SLS_VALUES) -> float:
    """Share of a link set's MSUs that its busiest link carries, when all SLS are equally frequent.

    Even only if the number of links divides the number of SLS values; of 16 values three links
    carry 6, 5 and 5.  Links beyond the number of values carry nothing.

    Parameters
    ----------
    links : int
        Links in service, at least 1.
    sls_values : int
        Values that reach this set: 16 in ITU-T networks, 8 if the set is one of a pair over
        which one bit of the SLS chooses.

    Raises
    ------
    ValueError
        If there is no link or no value.

    Examples
    --------
    >>> [largest_link_share(links) for links in (1, 2, 3, 4, 16, 20)]
    [1.0, 0.5, 0.375, 0.25, 0.0625, 0.0625]
    """
    _check_links(links, sls_values)
    return -(-sls_values // links) / sls_values


def link_shares(links: int, sls_values: int = SLS_VALUES) -> list[float]:
    """Share of a link set's MSUs on each of its links, SLS modulo links; they add up to 1.

    Parameters and errors as of `largest_link_share`.

    Examples
    --------
    >>> link_shares(3)
    [0.375, 0.3125, 0.3125]
    """
    _check_links(links, sls_values)
    return [len(range(link, sls_values, links)) / sls_values for link in range(links)]


def links_needed(
    octets_per_s: float,
    utilisation: float,
    speed_bit_per_s: float = LINK_SPEED_BIT_PER_S,
    sls_values: int = SLS_VALUES,
) -> int:
    """Fewest links of a set whose busiest link stays at or below a utilisation.

    Parameters
    ----------
    octets_per_s : float
        Offered to the busier direction of the link set.
    utilisation : float
        Of the busiest link, above 0 and at most 1.
    speed_bit_per_s : float
        Of one link.
    sls_values : int
        As of `largest_link_share`.

    Raises
    ------
    ValueError
        If an argument is out of its range, or one SLS value alone is too much for a link.

    Examples
    --------
    A fifth link would not help: of 16 SLS values one link would carry 4 as before.

    >>> links_needed(12_800, utilisation=0.4), links_needed(12_801, utilisation=0.4)
    (4, 6)
    """
    if not 0 < utilisation <= 1:
        raise ValueError(f"utilisation: must be above 0 and at most 1 (got {utilisation:g})")
    offered_erlang = emission_s(octets_per_s, speed_bit_per_s)
    for links in range(1, sls_values + 1):
        busiest = offered_erlang * largest_link_share(links, sls_values)
        # A load that meets the limit exactly fits; rounding of the product must not add a link.
        if busiest <= utilisation * (1 + 1e-12):
            return links
    most = utilisation * sls_values * speed_bit_per_s / 8
    raise ValueError(
        f"octets_per_s: at most {most:g} fit on {sls_values} links at utilisation "
        f"{utilisation:g} (got {octets_per_s:g}); use faster links or another link set"
    )


def link_mean_wait_s(
    utilisation: float, msu_s: float, fisu_s: float, second_moment_ratio: float = 1.0
) -> float:
    """Mean wait of an MSU for a link that sends fill-in signal units while it is idle.

    Parameters
    ----------
    utilisation : float
        Share of time in which MSUs are sent, at least 0; `inf` is returned from 1.
    msu_s : float
        Mean emission time Tm of an MSU.
    fisu_s : float
        Emission time Tf of a fill-in signal unit: 0.75 ms at 64 kbit/s.
    second_moment_ratio : float
        k1 = E[T^2] / Tm^2 of the MSU emission time: 1 if all are equally long, 2 if exponential.

    Returns
    -------
    float
        Without the emission itself; no transmission errors.

    Raises
    ------
    ValueError
        If an argument is negative, or the ratio below 1.

    Notes
    -----
    Q = Tf / 2 + a k1 Tm / (2 (1 - a)): M/G/1 with vacations of length Tf.  The formula of ITU-T
    Q.706 for basic error correction without disturbance, from memory, not found; a simulation of
    the link agrees with it in the tests.

    Examples
    --------
    An MSU of 200 octets at 64 kbit/s:

    >>> round(1000 * link_mean_wait_s(0.4, emission_s(200), emission_s(FISU_OCTETS)), 2)
    8.71
    """
    _check_link(utilisation, msu_s, fisu_s, second_moment_ratio, 1.0)
    if utilisation >= 1:
        return math.inf
    return fisu_s / 2 + utilisation * second_moment_ratio * msu_s / (2 * (1 - utilisation))


def link_wait_deviation_s(
    utilisation: float,
    msu_s: float,
    fisu_s: float,
    second_moment_ratio: float = 1.0,
    third_moment_ratio: float = 1.0,
) -> float:
    """Standard deviation of the wait of `link_mean_wait_s`.

    Parameters
    ----------
    utilisation, msu_s, fisu_s, second_moment_ratio
        As of `link_mean_wait_s`.
    third_moment_ratio : float
        k2 = E[T^3] / Tm^3: 1 if all MSUs are equally long, 6 if exponential.

    Raises
    ------
    ValueError
        If an argument is negative, or a ratio below 1.

    Notes
    -----
    s^2 = Tf^2 / 12 + Tm^2 a (4 k2 - (4 k2 - 3 k1^2) a) / (12 (1 - a)^2).  From memory as
    `link_mean_wait_s`; it is the variance of the wait at M/G/1 plus that of a uniform part of Tf.

    Examples
    --------
    >>> round(1000 * link_wait_deviation_s(0.4, emission_s(200), emission_s(FISU_OCTETS)), 2)
    14.44
    """
    _check_link(utilisation, msu_s, fisu_s, second_moment_ratio, third_moment_ratio)
    if utilisation >= 1:
        return math.inf
    k1, k2, a = second_moment_ratio, third_moment_ratio, utilisation
    queue = a * (4 * k2 - (4 * k2 - 3 * k1**2) * a) / (12 * (1 - a) ** 2)
    return math.sqrt(fisu_s**2 / 12 + msu_s**2 * queue)


def _check_links(links: int, sls_values: int) -> None:
    """Refuse a set without links and a selection without values."""
    if links < 1:
        raise ValueError(f"links: must be at least 1 (got {links})")
    if sls_values < 1:
        raise ValueError(f"sls_values: must be at least 1 (got {sls_values})")


def _check_link(
    utilisation: float, msu_s: float, fisu_s: float, second_ratio: float, third_ratio: float
) -> None:
    """Refuse negative loads and times, and moments that no distribution has."""
    for name, value, least in (
        ("utilisation", utilisation, 0.0),
        ("msu_s", msu_s, 0.0),
        ("fisu_s", fisu_s, 0.0),
        ("second_moment_ratio", second_ratio, 1.0),
        ("third_moment_ratio", third_ratio, 1.0),
    ):
        if not value >= least:
            raise ValueError(f"{name}: must be at least {least:g} (got {value:g})")
