"""Octets of MSUs against a computed table and against captures of real messages."""

import csv
from pathlib import Path

import pytest

from smsc_sim.model import octets
from smsc_sim.model import operations as op
from smsc_sim.model.octets import (
    DELIVER_HEADER_OCTETS,
    IMSI_OCTETS,
    SUBMIT_HEADER_OCTETS,
    address_octets,
    element_octets,
    error_octets,
    invoke_octets,
    msu_octets,
    needs_long_dialogue,
    result_octets,
    sccp_octets,
    sif_octets,
    tcap_octets,
    text_octets,
    tpdu_octets,
    transaction_octets,
)

# Parameters encoded with the ASN.1 compiler pycrate 0.8.1 from the 3GPP modules, 12-digit
# addresses: operation, septets of text, then octets of TCAP, SCCP, SIF, MSU and IP packet.
# The MSU of 160 septets from the MSC is the sum that no low-speed link can carry.
COMPUTED = [
    ("mo_forward_sm", 10, 105, 135, 139, 146, 216),
    ("mo_forward_sm", 40, 132, 162, 166, 173, 244),
    ("mo_forward_sm", 80, 167, 197, 201, 208, 280),
    ("mo_forward_sm", 120, 205, 235, 239, 246, 316),
    ("mo_forward_sm", 140, 224, 254, 258, 265, 336),
    ("mo_forward_sm", 160, 241, 271, 275, 282, 352),
    ("mo_forward_sm_result", 0, 59, 89, 93, 100, 172),
    ("mt_forward_sm_result", 0, 59, 89, 93, 100, 172),
    ("sri_sm", 0, 73, 103, 107, 114, 184),
    ("sri_sm_result", 0, 87, 117, 121, 128, 200),
    ("map_error", 0, 62, 92, 96, 103, 172),
    ("mt_forward_sm", 10, 101, 131, 135, 142, 212),
    ("mt_forward_sm", 40, 127, 157, 161, 168, 240),
    ("mt_forward_sm", 80, 163, 193, 197, 204, 276),
    ("mt_forward_sm", 120, 201, 231, 235, 242, 312),
    ("mt_forward_sm", 140, 220, 250, 254, 261, 332),
    ("mt_forward_sm", 160, 237, 267, 271, 278, 348),
    ("empty_begin", 0, 40, 70, 74, 81, 152),
    ("empty_continue", 0, 58, 88, 92, 99, 168),
    ("mt_forward_sm_continue", 160, 211, 241, 245, 252, 324),
    ("result_without_dialogue", 0, 15, 45, 49, 56, 128),
    ("report_sm_delivery_status", 0, 73, 103, 107, 114, 184),
    ("report_sm_delivery_status_result", 0, 75, 105, 109, 116, 188),
    ("alert_sc", 0, 70, 100, 104, 111, 180),
    ("alert_sc_result", 0, 59, 89, 93, 100, 172),
    ("ready_for_sm", 0, 65, 95, 99, 106, 176),
]

# Dialogue portions without the protocol version are 4 octets shorter than ours, a transaction id
# of 3 octets saves 1, and an indefinite length costs 2 octets of end mark.
OLD_AARQ, OLD_AARE = 28, 40
SHORT_ID, END_MARK = -1, 2


def number(digits: int) -> int:
    """Octets of an address parameter."""
    return element_octets(address_octets(digits))


def deliver(user_data_octets: int, digits: int) -> int:
    """Octets of an SMS-DELIVER parameter."""
    return element_octets(tpdu_octets(DELIVER_HEADER_OCTETS, user_data_octets, digits))


def submit(user_data_octets: int, digits: int, validity_octets: int) -> int:
    """Octets of an SMS-SUBMIT parameter."""
    header_octets = SUBMIT_HEADER_OCTETS - 1 + validity_octets
    return element_octets(tpdu_octets(header_octets, user_data_octets, digits))


IMSI = element_octets(IMSI_OCTETS)
MORE_MESSAGES = element_octets(0)  # moreMessagesToSend, a NULL
TCAP_TEST, PARSE_TEST = "gomaja/go-asn1-tcap tcap_test.go", "gomaja/go-tcap parse_test.go"
SIGTRAN, PCAP = "eatakishiyev/sigtran SigtranTest.java", "pcap_maker (index id 7768622456)"
PCAP_END = "pcap_maker (index id 7885179508)"
RESTCOMM = "RestComm-derived MapParserLoopTest (index id 16097486314)"
SMSROUTER = "gsm smsrouter AmericaTestFixture (index id 5726804471)"
NON_DER = "Tcap stream containing indefinite length (Non-DER). "

# Captures that carry what our messages carry. Digits are those of the addresses in the capture,
# read from its octets in the public file that `source` names (11 and 12 digits need equal octets).
SAME_SHAPE = {
    (TCAP_TEST, "Begin SRI SM"): tcap_octets(op.SRI_SM, address_digits=13),
    (TCAP_TEST, "Begin otid long message"): tcap_octets(op.EMPTY_BEGIN),
    (TCAP_TEST, "Begin invoke reportSM-DeliveryStatus"): tcap_octets(
        op.REPORT_SM_DELIVERY_STATUS, address_digits=12
    ),
    (TCAP_TEST, "Begin invoke mt-forwardSM"): tcap_octets(op.MT_FORWARD_SM, 91, 11),
    (TCAP_TEST, "End SRI SM response"): tcap_octets(op.SRI_SM_RESULT, address_digits=12),
    (TCAP_TEST, "End returnResultLast"): tcap_octets(op.RESULT_WITHOUT_DIALOGUE),
    (PARSE_TEST, NON_DER + "(returnResultLast sendRoutingInfoForSM)"): END_MARK
    + tcap_octets(op.SRI_SM_RESULT, address_digits=11),
    (SMSROUTER, "SRI-SM v2 begin"): tcap_octets(op.SRI_SM, address_digits=11),
}

# Captures of older stacks or other options, built from the same boxes: addresses of different
# lengths, a sender by name (its half octets count as digits), no IMSI, an error with parameter,
# more messages to send.
OTHER_SHAPE = {
    (TCAP_TEST, "Begin invoke alertServiceCentre"): transaction_octets(
        1, OLD_AARQ, invoke_octets(number(13) + number(10))
    ),
    (TCAP_TEST, "Begin invoke alertServiceCentreWithoutResult"): transaction_octets(
        1, 0, invoke_octets(number(11) + number(11))
    ),
    (TCAP_TEST, "Begin invoke forwardSM"): transaction_octets(
        1, 0, invoke_octets(IMSI + number(10) + deliver(80, 11))
    ),
    (TCAP_TEST, "End error SRI SM"): transaction_octets(
        1, OLD_AARE, error_octets(element_octets(1))
    ),
    (TCAP_TEST, "End returnResultLast response for FSM"): transaction_octets(
        1, OLD_AARE, result_octets(0)
    ),
    (TCAP_TEST, "Continue otid dtid long message"): transaction_octets(2, OLD_AARE, 0),
    (TCAP_TEST, "Continue invoke mt-forwardSM fragment"): transaction_octets(
        2, 0, invoke_octets(IMSI + number(13) + deliver(140, 9) + MORE_MESSAGES)
    ),
    (TCAP_TEST, "Continue invoke forwardSM fragment 2"): transaction_octets(
        2, 0, invoke_octets(IMSI + number(13) + deliver(26, 9))
    ),
    (TCAP_TEST, "Continue returnResultLast"): transaction_octets(2, 0, result_octets(0)),
    (PARSE_TEST, NON_DER + "(returnError)"): END_MARK
    + transaction_octets(1, octets.AARE_OCTETS, error_octets(element_octets(1))),
    (RESTCOMM, "MT-FSM return error absentSubscriber, SCCP UDT"): END_MARK
    + transaction_octets(1, octets.AARE_OCTETS, error_octets(element_octets(1))),
    (SIGTRAN, ""): transaction_octets(
        1, OLD_AARQ, invoke_octets(number(12) + number(12) + submit(139, 4, validity_octets=0))
    ),
    (PCAP, "MO-FSM in M3UA DATA"): SHORT_ID
    + transaction_octets(
        1, OLD_AARQ, invoke_octets(number(12) + number(12) + submit(10, 12, validity_octets=1))
    ),
    (PCAP_END, "TCAP End return error to MO-FSM"): SHORT_ID
    + transaction_octets(1, OLD_AARE, error_octets(element_octets(1))),
}

NOT_CHECKED = {
    (TCAP_TEST, "Begin invoke sendRoutingInfo"): "routing of a call, no part of the model",
    (TCAP_TEST, "End two components"): "carries informServiceCentre, no part of the model",
    (TCAP_TEST, "Abort DTID version mismatch"): "an abort, no part of the model",
    (TCAP_TEST, "Abort DTID for invoke mt-forwardSM"): "an abort, no part of the model",
}


@pytest.fixture
def captures(shared_data: Path) -> list[dict[str, str]]:
    """Rows of the table of captures."""
    with (shared_data / "map_sms_message_sizes.csv").open(newline="") as table:
        return list(csv.DictReader(table))


@pytest.mark.parametrize(("name", "septets", "tcap", "sccp", "sif", "msu", "ip"), COMPUTED)
def test_every_layer_has_the_computed_octets(
    name: str, septets: int, tcap: int, sccp: int, sif: int, msu: int, ip: int
) -> None:
    """Each layer of each message is as long as the 3GPP ASN.1 and the headers make it."""
    operation = op.OPERATION_NAMES.index(name)
    data = text_octets(septets)
    assert tcap_octets(operation, data) == tcap
    assert sccp_octets(tcap_octets(operation, data)) == sccp
    assert sif_octets(operation, data) == sif
    assert msu_octets(operation, data) == msu
    assert msu_octets(operation, data, transport="m3ua") == ip


def test_names_follow_the_constants() -> None:
    """The name of each operation is that of its constant."""
    for operation, name in enumerate(op.OPERATION_NAMES):
        assert getattr(op, name.upper()) == operation


def test_two_results_that_the_table_lacks() -> None:
    """An empty readyForSM result is like any empty result; the text in a CONTINUE saves AARQ."""
    assert msu_octets(op.READY_FOR_SM_RESULT) == msu_octets(op.ALERT_SC_RESULT)
    saved = octets.AARQ_OCTETS - element_octets(octets.TRANSACTION_ID_OCTETS)
    for data in range(141):
        begin = tcap_octets(op.MO_FORWARD_SM, data)
        later = tcap_octets(op.MO_FORWARD_SM_CONTINUE, data)
        assert begin - later - saved in (0, 1)  # 1 where the length field shrinks with it


def test_two_messages_of_the_long_dialogue_that_the_table_lacks() -> None:
    """A text from the MSC is 26 octets shorter in a CONTINUE, as the one to it; an error adds 3.

    A second transaction id costs 6 octets, a dialogue portion 32.  An error has its code (3) more
    than a result without parameters.
    """
    mt = tcap_octets(op.MT_FORWARD_SM, 140) - tcap_octets(op.MT_FORWARD_SM_CONTINUE, 140)
    mo = tcap_octets(op.MO_FORWARD_SM, 140) - tcap_octets(op.MO_FORWARD_SM_CONTINUE, 140)
    assert mo == mt == 32 - 6 == 26
    error = tcap_octets(op.ERROR_WITHOUT_DIALOGUE)
    assert error == tcap_octets(op.RESULT_WITHOUT_DIALOGUE) + 3 == 18
    assert msu_octets(op.ERROR_WITHOUT_DIALOGUE) == 59


def test_captures_are_all_accounted_for(captures: list[dict[str, str]]) -> None:
    """Each captured message is checked below or named with the reason why it is not."""
    for row in captures:
        key = row["source"], row["label"]
        abort = row["tcap_type"] == "Abort"
        known = key in SAME_SHAPE or key in OTHER_SHAPE or key in NOT_CHECKED
        assert known or abort, key


@pytest.mark.parametrize("lengths", [SAME_SHAPE, OTHER_SHAPE], ids=["same", "other"])
def test_tcap_octets_of_captures(
    captures: list[dict[str, str]], lengths: dict[tuple[str, str], int]
) -> None:
    """TCAP messages are as long as captured, with the addresses and options they carry."""
    checked = set()
    for row in captures:
        key = row["source"], row["label"]
        if key in lengths and row["tcap_type"] != "Abort":
            assert int(row["tcap_octets"]) == lengths[key], key
            checked.add(key)
    assert checked == set(lengths)


def test_lower_layers_of_captures(captures: list[dict[str, str]]) -> None:
    """SCCP, MTP3 and M3UA add what they add in the captures; all global titles have 12 digits."""
    checked = 0
    for row in captures:
        if not row["sccp_udt_octets"]:
            continue
        sccp = sccp_octets(int(row["tcap_octets"]), address_digits=12)
        assert sccp == int(row["sccp_udt_octets"])
        service_information_octet = 1
        assert octets.ROUTING_LABEL_OCTETS + sccp + service_information_octet == int(
            row["mtp3_sif_plus_sio_octets"]
        )
        if row["m3ua_message_octets"]:
            padded = (sccp + 3) // 4 * 4
            m3ua = octets.SIGTRAN_OCTETS - (20 + 12 + 16) + padded
            # One of the two captured messages goes without a routing context.
            routing_context = 0 if row["source"] == PCAP else 8
            assert m3ua - routing_context == int(row["m3ua_message_octets"])
        checked += 1
    assert checked == 3


@pytest.mark.parametrize(
    ("content", "header"),
    [(0, 2), (127, 2), (128, 3), (255, 3), (256, 4), (65_535, 4), (65_536, 5)],
)
def test_tag_and_length_of_an_element(content: int, header: int) -> None:
    """BER spends one octet on a length up to 127 and then one more for each octet of it."""
    assert element_octets(content) == header + content


def test_length_fields_grow() -> None:
    """An octet of text costs one octet, and one more for each length field that grows with it."""
    steps = [
        msu_octets(op.MT_FORWARD_SM, data + 1) - msu_octets(op.MT_FORWARD_SM, data)
        for data in range(140)
    ]
    # TCAP, component portion, invoke, sequence and TPDU pass 127 octets, one after the other.
    assert sum(steps) == 140 + 5
    assert steps.count(2) == 5


@pytest.mark.parametrize("transport", ["mtp2", "m3ua"])
def test_more_digits_cost_octets_in_every_address(transport: octets.Transport) -> None:
    """Two more digits cost one octet in each address: two in SCCP, one to three in MAP."""
    for operation, in_map in (
        (op.EMPTY_BEGIN, 0),
        (op.SRI_SM, 2),
        (op.MAP_ERROR, 0),
    ):
        more = sif_octets(operation, 0, 14) - sif_octets(operation, 0, 12)
        assert more == 2 + in_map
        assert sif_octets(operation, 0, 11) == sif_octets(operation, 0, 12)
        wire = msu_octets(operation, 0, 14, transport) - msu_octets(operation, 0, 12, transport)
        assert wire == more if transport == "mtp2" else wire % 4 == 0
    # Service centre, sender and recipient.
    mo = sif_octets(op.MO_FORWARD_SM, 9, 14) - sif_octets(op.MO_FORWARD_SM, 9, 12)
    assert mo == 2 + 3


def test_long_dialogue_limits() -> None:
    """With 12 digits only the longest texts from the MSC need a long dialogue, and only on MTP2."""
    long_mo = [data for data in range(141) if needs_long_dialogue(op.MO_FORWARD_SM, data)]
    assert long_mo == [138, 139, 140]
    assert not any(needs_long_dialogue(op.MT_FORWARD_SM, data) for data in range(141))
    assert not needs_long_dialogue(op.MO_FORWARD_SM, 140, transport="m3ua")
    assert not needs_long_dialogue(op.MO_FORWARD_SM_CONTINUE, 140)
    assert needs_long_dialogue(op.MT_FORWARD_SM, 140, address_digits=13)
    # 20 digits: TCAP itself is over the 255 octets of a UDT, whatever carries it.
    assert tcap_octets(op.MO_FORWARD_SM, 140, 20) == 253
    assert not needs_long_dialogue(op.MO_FORWARD_SM, 140, 20, "m3ua")
    assert needs_long_dialogue(op.MO_FORWARD_SM, 140, 20, "m3ua", reserve_octets=6)


def test_a_reserve_brings_the_long_dialogue_forward() -> None:
    """A stack that keeps 6 octets back changes 6 octets earlier."""
    changes = [
        next(
            data
            for data in range(141)
            if needs_long_dialogue(op.MT_FORWARD_SM, data, 13, reserve_octets=reserve)
        )
        for reserve in (0, 6)
    ]
    assert changes == [138, 132]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((22,), "operation: must be from 0 to 21 (got 22)"),
        ((-1,), "operation: must be from 0 to 21 (got -1)"),
        (
            (op.MO_FORWARD_SM, 256),
            "user_data_octets: must be from 0 to 255 (got 256)",
        ),
        ((op.MT_FORWARD_SM, -1), "user_data_octets: must be from 0 to 255 (got -1)"),
        ((op.SRI_SM, 0, 0), "address_digits: must be from 1 to 20 (got 0)"),
        ((op.MAP_ERROR, 0, 21), "address_digits: must be from 1 to 20 (got 21)"),
        ((op.SRI_SM, 0, 12, "atm"), "transport: must be 'mtp2' or 'm3ua' (got 'atm')"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments: tuple[int, ...], sentence: str) -> None:
    """Each refusal names the argument, its range and the value."""
    with pytest.raises(ValueError) as refusal:
        msu_octets(*arguments)  # type: ignore[arg-type]
    assert str(refusal.value) == sentence
    with pytest.raises(ValueError):
        needs_long_dialogue(*arguments)  # type: ignore[arg-type]


# RestComm/jss7@60024db0, InitialDPSMSRequestTest.java: octets of the value of each element by its
# tag.  The numbers have 11 (called), 16 (calling) and 10 digits, the IMSI 10.
JSS7_ELEMENTS = {
    "service key": 1,
    "called number": 7,
    "calling number": 9,
    "event": 1,
    "IMSI": 5,
    "SMSC": 6,
    "time": 8,
    "header": 1,
    "protocol": 1,
    "coding": 1,
    "MSC": 6,
}


def test_charging_query_is_the_sum_of_its_elements() -> None:
    """Elements are as long as in a message of another stack; with 12 digits they are 109."""
    assert JSS7_ELEMENTS["called number"] == octets.address_octets(11)
    assert JSS7_ELEMENTS["calling number"] == octets.address_octets(16)
    assert JSS7_ELEMENTS["SMSC"] == JSS7_ELEMENTS["MSC"] == octets.address_octets(10)
    assert JSS7_ELEMENTS["time"] == octets.TIME_OCTETS
    ones = [size for size in JSS7_ELEMENTS.values() if size == octets.SMALL_OCTETS]
    assert len(ones) == 5  # and the validity, which is relative here
    # key, called, calling, event, IMSI, location, SMSC, time, 4 of the TPDU, reference, MSC
    parts = [3, 9, 9, 3, 10, 2 + 3 + 9 + 11, 9, 10, 3, 3, 3, 3, 10, 9]
    assert octets.initial_dp_octets(12) == sum(parts) == 109
    query = octets.transaction_octets(1, octets.AARQ_OCTETS, octets.invoke_octets(109))
    assert tcap_octets(op.INITIAL_DP_SMS) == query == 162


def test_answers_of_charging() -> None:
    """ContinueSMS has no parameter, ReleaseSMS one octet of cause: 3 octets with its tag."""
    assert tcap_octets(op.RELEASE_SMS) == tcap_octets(op.CONTINUE_SMS) + 3
    # Invoke: 2 for the portion, 2 for the component, 3 for its id, 3 for the operation.
    assert tcap_octets(op.CONTINUE_SMS) == 2 + 6 + octets.AARE_OCTETS + 10
