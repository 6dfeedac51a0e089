"""The registry of measures: complete, defined once, and kind to typing errors."""

import pytest

from smsc_sim.results.measures import MEASURES, OUTCOMES, SPLIT, WITHIN, measure_of, unit_of

SHAPE_UNITS = {"percent": {"1"}, "seconds": {"s"}, "money": {"currency"}}


def test_every_measure_is_defined_in_one_sentence() -> None:
    """Name and key agree, titles are short, definitions are sentences that end with a full stop."""
    for name, measure in MEASURES.items():
        assert measure.name == name
        assert 2 <= len(measure.title) <= 40
        assert measure.definition.endswith(".") and measure.definition.count(". ") == 0
        assert measure.unit in SHAPE_UNITS.get(measure.shape, {measure.unit})


def test_the_contract_with_the_tally_is_there() -> None:
    """Every name that an engine's tally may use is registered."""
    names = [
        "submitted", *OUTCOMES, "segments_submitted", "segments_per_message", "delivery_ratio",
        *(f"within_{text}" for text in WITHIN.values()),
        *(f"latency_{q}" for q in ("mean", "p50", "p90", "p95", "p99")), *SPLIT,
        "reported_ratio", "reported_latency_mean", "attempts_per_segment",
        "duplicates_per_delivered", "resends_per_message", "refusals_per_message", "retry_ratio",
        "msus_per_delivered", "octets_per_delivered", "cause.timeout",
        *(f"{kind}.{name}" for kind in ("retail", "a2p") for name in
          ("cost", "cost_per_message", "cost_per_segment", "cost_per_delivered")),
        "utilisation", "busiest_hour", "busiest_5min", "busiest_interval", "queue_mean",
        "queue_max", "wait_mean", "visits", "refused", "offered_erlang", "servers", "queue",
        "submitted_per_s", "delivered_per_s", "in_flight", "first_attempts_per_s",
        "retry_attempts_per_s", "store", "dialogues", "up",
    ]  # fmt: skip
    assert [measure_of(name).name for name in names] == names


def test_money_takes_the_currency_of_the_run() -> None:
    """The unit of a cost is the currency; other units stay."""
    assert unit_of("a2p.cost_per_delivered", "EUR") == "EUR"
    assert unit_of("latency_p95", "EUR") == "s"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("within_30", "no measure is called 'within_30'; did you mean 'within_30s'?"),
        ("zzz", "no measure is called 'zzz'; see smsc_sim.results.measures"),
        ("cause.", "no measure is called 'cause.'; see smsc_sim.results.measures"),
    ],
)
def test_unknown_names_are_refused(name: str, message: str) -> None:
    """The message offers the nearest name."""
    with pytest.raises(ValueError) as caught:
        measure_of(name)
    assert str(caught.value) == message
