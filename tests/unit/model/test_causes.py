"""Causes of failure: one table, the codes of MAP, and what the shipped policies make of them."""

import pytest

from smsc_sim.model import codes
from smsc_sim.model.causes import CAUSES
from smsc_sim.model.retry import CAUSES as ROWS
from smsc_sim.model.retry import policy_of
from smsc_sim.results.measures import measure_of
from tests.networks import OTHER, VALUE, network, rows_of, simulate

# 3GPP TS 29.002 (found: PyPI pycrate 0.8.1, MAP_Errors).
MAP_CODES = {
    "unknown_subscriber": 1,
    "unidentified_subscriber": 5,
    "absent_subscriber": 6,
    "illegal_subscriber": 9,
    "teleservice_not_provisioned": 11,
    "illegal_equipment": 12,
    "call_barred": 13,
    "facility_not_supported": 21,
    "subscriber_busy": 31,
    "memory_capacity_exceeded": 32,
    "equipment_protocol_error": 32,
    "equipment_not_sm_equipped": 32,
    "waiting_list_full": 33,
    "system_failure": 34,
    "data_missing": 35,
    "unexpected_data_value": 36,
}


def test_map_codes_are_those_of_the_specification() -> None:
    """Every error of MAP that a short message meets has its row and its code."""
    table = {cause.name: cause.map_code for cause in CAUSES}
    assert {name: table[name] for name in MAP_CODES} == MAP_CODES


def test_constants_stand_for_their_rows() -> None:
    """Each constant of `codes` is the row of the cause of that name."""
    for code, cause in enumerate(CAUSES[1:], start=1):
        assert getattr(codes, cause.name.upper()) == code
    assert codes.OK == 0 and len({cause.name for cause in CAUSES}) == len(CAUSES)


def test_measures_say_the_title() -> None:
    """Reports call a cause by its title."""
    assert measure_of("cause.equipment_not_sm_equipped").title == "Equipment not SM equipped"
    assert measure_of("cause.not_paid").title == "Charging refused"


@pytest.mark.parametrize(
    ("policy", "more"),
    [
        ("typical-operator", set()),
        (
            "restcomm",
            {
                *("call_barred", "facility_not_supported", "data_missing"),
                *("unexpected_data_value", "equipment_protocol_error"),
                "equipment_not_sm_equipped",
            },
        ),
    ],
)
def test_permanent_causes_are_those_of_the_policy(policy: str, more: set[str]) -> None:
    """By default the causes that 3GPP calls permanent; Restcomm gives up on more."""
    net = network({"smscs": {name: {"retry": policy} for name in ("north", "south")}}).network
    first = policy_of(net, 0, 0) * ROWS
    permanent = {c.name for code, c in enumerate(CAUSES) if net.retry_count[first + code] == 0}
    expected = {cause.name for cause in CAUSES if cause.is_retried and cause.is_permanent}
    assert permanent == expected | more
    assert len(net.retry_count) % ROWS == 0


def test_invalid_sme_address_is_met_at_the_msc_and_ends_the_attempts() -> None:
    """A share of attempts meets it; no attempt is repeated and the message is undeliverable."""
    errors = "populations: {city: {errors: {at_msc: {invalid_sme_address: 100 %}}}}"
    log, _ = simulate(network(errors))
    failed = rows_of(log, codes.LOG_FAILED)
    assert set(failed[:, VALUE]) == {codes.INVALID_SME_ADDRESS}
    assert len(failed) == len(rows_of(log, codes.LOG_MESSAGE_END)) == 20
    assert set(rows_of(log, codes.LOG_MESSAGE_END)[:, OTHER]) == {codes.UNDELIVERABLE}


def test_permanent_may_be_nothing() -> None:
    """A policy of one's own may repeat even attempts to unknown subscribers."""
    own = "retry_policies: {quick: {permanent: [call_barred]}}"
    net = network(own).network
    assert net.retry_count[codes.UNKNOWN_SUBSCRIBER] > 0 == net.retry_count[codes.CALL_BARRED]
