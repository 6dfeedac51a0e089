"""Why attempts and submissions fail: one row per cause, in the order of their codes.

A new cause is a row here and a constant in `codes`.  Error codes of MAP are those of 3GPP
TS 29.002 (found: PyPI pycrate 0.8.1, TCAP_MAPv2v3.py).  Which are permanent is table 1 of
3GPP TS 23.040 (from memory, not found); systems differ, so a retry policy may say otherwise.
"""

from typing import NamedTuple

# Where an attempt may meet an error that a scenario gives as a share of attempts.
HLR_ERRORS = (
    "call_barred",
    "teleservice_not_provisioned",
    "facility_not_supported",
    "absent_subscriber",
    "system_failure",
    "data_missing",
    "unexpected_data_value",
)
MSC_ERRORS = (
    "illegal_subscriber",
    "illegal_equipment",
    "unidentified_subscriber",
    "facility_not_supported",
    "data_missing",
    "unexpected_data_value",
    "invalid_sme_address",
)
PHONE_ERRORS = (
    "absent_subscriber",
    "memory_capacity_exceeded",
    "equipment_protocol_error",
    "equipment_not_sm_equipped",
)


class Cause(NamedTuple):
    """One cause of failure."""

    name: str  # in YAML, measures and tables of results
    title: str  # in reports
    map_code: int  # MAP error code, or 0 where MAP has none
    is_permanent: bool  # by 3GPP: an attempt is not repeated
    is_retried: bool = True  # of attempts; False: a cause that only submissions and reports meet


CAUSES = (
    Cause("none", "none", 0, False, False),
    Cause("unknown_subscriber", "unknown subscriber", 1, True),
    Cause("absent_subscriber", "absent subscriber", 6, False),
    Cause("subscriber_busy", "subscriber busy", 31, False),
    Cause("system_failure", "system failure", 34, False),
    # RP cause 42; MAP says it by sm-DeliveryFailure (sc-Congestion).
    Cause("congestion", "congestion", 32, False),
    Cause("timeout", "timeout", 0, False),
    Cause("throttled", "throttled", 0, False, False),
    Cause("store_full", "store full", 0, False, False),
    # Table 1 calls it temporary; the Restcomm SMSC treats it as permanent (found, SriSbb.java).
    Cause("call_barred", "call barred", 13, False),
    Cause("teleservice_not_provisioned", "teleservice not provisioned", 11, True),
    Cause("illegal_subscriber", "illegal subscriber", 9, True),
    Cause("illegal_equipment", "illegal equipment", 12, True),
    # As call_barred: temporary by table 1, permanent in Restcomm (found, SriSbb.java).
    Cause("facility_not_supported", "facility not supported", 21, False),
    # The next three are sm-DeliveryFailure with a cause of its own.
    Cause("memory_capacity_exceeded", "memory capacity exceeded", 32, False),
    Cause("equipment_protocol_error", "equipment protocol error", 32, False),
    Cause("equipment_not_sm_equipped", "equipment not SM equipped", 32, False),
    Cause("unidentified_subscriber", "unidentified subscriber", 5, True),
    # Not in table 1: temporary is judgement, after the system failure that they stand for.
    Cause("data_missing", "data missing", 35, False),
    Cause("unexpected_data_value", "unexpected data value", 36, False),
    # The HLR's answer to a report whose list has no room.
    Cause("waiting_list_full", "message waiting list full", 33, False, False),
    Cause("not_paid", "charging refused", 0, True, False),
    # The MSC found no radio channel: it answers system failure.
    Cause("no_channel", "no radio channel", 34, False),
    Cause("route_failed", "route failed", 0, False),
    # sm-DeliveryFailure with cause 5 (invalidSME-Address; from memory, not found).
    Cause("invalid_sme_address", "invalid SME address", 32, True),
)
