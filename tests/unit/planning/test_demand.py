"""What sources ask for, worked out by hand: texts, MSUs after failures, flags set before."""

import numpy as np
import pytest

from smsc_sim.model.operations import OPERATION_NAMES
from smsc_sim.planning.attempts import course
from smsc_sim.planning.demand import CODE, demands, flows, texts_of

MIXED = 'texts.eighty.gsm7={"80": 60 %, "40": 10 %, "300": 20 %, "400": 10 %}'

# Phones are off half of the time, always in spells known to the network, and noticed at once.
HALF_OFF = (
    "populations.city.reachability={mean_on: 8000 h, mean_off: 8000 h, detached: 100 %,"
    " noticed: 100 %}",
    "populations.city.unknown=10 %",
)


def test_texts_follow_their_shares(build):
    """1.4 segments per message: 300 septets are 153 + 147, 400 are 153 + 153 + 94."""
    texts = texts_of(build(MIXED)[1].network, 0)
    assert texts.segments == pytest.approx(0.7 + 2 * 0.2 + 3 * 0.1)
    # 7 octets carry 8 septets; the header takes the room of 7: (147 + 7) 7 / 8 are 135 octets.
    assert texts.octets == pytest.approx({70: 0.6, 35: 0.1, 140: 0.4, 135: 0.2, 89: 0.1})


def msus(network, node, target):
    """MSUs per message by operation on the leg between two nodes."""
    offered = flows(network, demands(network))
    leg = offered.legs.get((node, target), np.zeros((1, len(offered.codes))))
    found: dict[str, float] = {}
    for code, count in zip(offered.codes, leg[0].tolist(), strict=True):
        name = OPERATION_NAMES[code >> CODE]
        found[name] = found.get(name, 0.0) + count
    return {name: count for name, count in found.items() if count}


def nodes_of(compiled):
    """Rows of the SMSC, the HLR and the MSC, and the network."""
    names = compiled.names.elements
    return (*(names.index(name) for name in ("north", "main", "east")), compiled.network)


def test_msus_of_absent_phones_by_hand(build):
    """10 % dead, 45 % delivered, 45 % absent: each absence costs a report, a return, an alert."""
    smsc, hlr, msc, network = nodes_of(build(*HALF_OFF)[1])
    # A message sent in the 2 h meets hardly any flag: spells of 8000 h, 2 h * 10 messages/day.
    r = 10 / 86400 * 8000 * 3600
    flagged = 0.45 * r / (1 + r)  # but of those met in one spell all but the first find the flag
    fresh = 0.45 - flagged
    near = {"rel": 2e-3}
    assert msus(network, msc, smsc) == pytest.approx(
        {"mo_forward_sm": 1, "mt_forward_sm_result": 0.45, "map_error": fresh}, **near
    )
    assert msus(network, smsc, msc) == pytest.approx(
        {"mo_forward_sm_result": 1, "mt_forward_sm": 0.45 + fresh}, **near
    )
    assert msus(network, smsc, hlr) == pytest.approx(
        {"sri_sm": 1, "report_sm_delivery_status": fresh, "alert_sc_result": fresh}, **near
    )
    assert msus(network, hlr, smsc) == pytest.approx(
        {
            "sri_sm_result": 0.45 + fresh,
            "map_error": 0.1 + flagged,
            "report_sm_delivery_status_result": fresh,
            "alert_sc": fresh,
        },
        **near,
    )
    assert msus(network, msc, hlr) == pytest.approx({"ready_for_sm": fresh}, **near)
    assert msus(network, hlr, msc) == pytest.approx({"ready_for_sm_result": fresh}, **near)


def test_visits_count_reports_and_returns_at_the_hlr(build):
    """The HLR works on the query, on the report and on the return."""
    _, hlr, msc, network = nodes_of(build(*HALF_OFF)[1])
    offered = flows(network, demands(network))
    row = demands(network)[0].course
    at_hlr = offered.visits[0, network.node_station[hlr]]
    assert at_hlr == pytest.approx(1 + row.reports + row.returns)
    assert row.reports > 0
    assert offered.visits[0, network.node_station[msc]] == pytest.approx(1 + row.mt)


def test_later_segments_find_the_flag_of_the_first(build):
    """Of 1.4 segments per message 0.4 find the flag set, however rare messages are."""
    rare = "traffic.people.volume=0.000001 msg/day"
    row = demands(build(*HALF_OFF, MIXED, rare)[1].network)[0]
    assert row.segments == pytest.approx(1.4)
    assert row.course.reports == pytest.approx(0.45 * 1 / 1.4, rel=1e-2)


def test_sources_with_priority_ignore_the_flag(build):
    """With sm-RP-PRI a flag that is set already changes nothing."""
    codes = "traffic.codes={kind: otp, account: bank, to: city, rate: 1 msg/s, text: eighty}"
    network = build(*HALF_OFF, codes)[1].network
    assert network.source_priority[0] == 1
    assert course(network, 0, 0, 0, 3.4, 1.0) == course(network, 0, 0, 0, 3.4, 0.0)


def test_a_return_whose_flag_a_delivery_cleared_is_silent(build):
    """With priority a retry that delivers reports it; the phone's return then alerts nobody."""
    part = "populations.city.reachability"
    network = build(
        f"{part}.mean_on=20 h",
        f"{part}.mean_off=20 min",
        f"{part}.noticed=0 %",
        f"{part}.activity=87600 h",
        f"{part}.periodic_update=87600 h",
        "retry_policies.never.default={delays: [1 h], then: repeat, attempts: 40}",
        "traffic.codes={kind: otp, account: bank, to: city, rate: 1 msg/s, validity: 30 h}",
    )[1].network
    row = course(network, 0, 0, 0, 3.4)
    absent = 1 / 61
    assert row.returns < 0.01 * absent
    # One report of the absence, one for each vain retry, exp(-3) + exp(-6) ..., one of delivery.
    vain = np.exp(-3) / (1 - np.exp(-3))
    assert row.reports == pytest.approx((2 + vain) * absent, rel=1e-2)
