"""Prices as the simulator sees them: a table by source and population."""

from datetime import date

from smsc_sim.content.rates import RateKind, load_rate_card, prices_micros
from tests.networks import network

TWO_COUNTRIES = """
populations:
  abroad: {size: 9, country: SE, hlr: main, mscs: turku, unknown: 0 %}
  unasked: {size: 9, country: DE, hlr: main, mscs: turku, unknown: 0 %}
traffic:
  news: null
  codes: {kind: otp, account: bank, rate: 1 msg/s, text: one, to: {city: 50 %, abroad: 50 %}}
"""


def test_every_population_has_the_price_of_its_country() -> None:
    """A source pays the card's price for the country of each population that it sends to."""
    scenario = network(TWO_COUNTRIES)
    card = load_rate_card("list-2026")
    prices = prices_micros(card, RateKind.A2P, ["FI", "SE"], date(2026, 12, 31))
    finland, sweden = prices.tolist()
    assert finland != sweden
    populations = scenario.names.populations
    found = dict(zip(populations, scenario.network.price_micros, strict=True))
    assert found == {"city": finland, "abroad": sweden, "unasked": 0}
