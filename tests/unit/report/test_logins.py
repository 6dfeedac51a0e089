"""Logins in the report: the tables, the sentence, the figure and verdicts of targets."""

from __future__ import annotations

import math

import pytest

from smsc_sim.engines.occupancy import Occupancy
from smsc_sim.engines.tally import MessageTally
from smsc_sim.report import logins
from smsc_sim.report.figures import FIGURES, draw, figures_of
from smsc_sim.report.summary import Numbers, login_sentence
from smsc_sim.report.tables import definitions
from smsc_sim.results.estimates import Estimates
from smsc_sim.results.frames import replication_frames
from smsc_sim.results.measures import measure_of
from smsc_sim.results.targets import judge
from smsc_sim.results.verdicts import judge_all
from tests.networks import SECOND, TIME, network, simulate
from tests.unit.engines.test_login_tally import CHANGES
from tests.unit.model.test_logins import PERSON

MANIFEST = {
    "name": "logins",
    "start": "2026-12-31T00:00:00+00:00",
    "zone": "UTC",
    "duration_s": 60.0,
    "interval_s": 7.0,
    "currency": "USD",
}
TARGET = {"name": "soon", "kind": "logins", "class": "otp", "within_s": 41.0, "at_least": 0.6}


@pytest.fixture(scope="module")
def estimates() -> Estimates:
    """What three replications say."""
    scenario = network(PERSON, CHANGES)
    found = []
    for seed in (1, 2, 3):
        net = scenario.network._replace(seed=seed)
        log, _ = simulate(scenario._replace(network=net))
        tally = MessageTally(net, scenario.names, 7 * SECOND, [41 * SECOND])
        occupancy = Occupancy(net, 7 * SECOND)
        tally.add(log)
        occupancy.add(log)
        occupancy.finish(int(log[-1, TIME]))
        found.append(replication_frames(net, scenario.names, tally, occupancy))
    return Estimates.from_replications(found, MANIFEST)


def test_tables_have_every_measure_once(estimates: Estimates) -> None:
    """Ends in one table, times, codes and cost in the other; shares of the ends add up."""
    ends, times = logins.login_tables(estimates)
    heads = [title for title, _ in (*ends.columns, *times.columns)]
    assert len(heads) == len(set(heads)) + 1  # both begin with the class
    assert [row[0][0] for row in ends.rows] == ["otp"]
    values = [float(value) for value, _ in ends.rows[0][2:]]
    completed, _, given_up, left = values
    assert completed + given_up + left == pytest.approx(100.0, abs=0.2)
    assert times.columns[-1] == ("Cost per completed login (a2p)", "USD")


def test_the_sentence_says_what_became_of_them(estimates: Estimates) -> None:
    """Begun, completed, how soon, given up and what one costs, from the same numbers."""
    numbers = Numbers(estimates)
    (sentence,) = login_sentence(numbers)
    for name in ("logins", "logins_completed", "login_time_p50", "a2p.cost_per_login"):
        assert numbers.text("run", "*", name) in sentence
    nobody = estimates.measures[~estimates.measures["measure"].str.contains("login")]
    assert login_sentence(Numbers(Estimates(**{**vars(estimates), "measures": nobody}))) == []


def test_the_figure_is_there_where_people_log_in(estimates: Estimates, usual: Estimates) -> None:
    """A funnel and its course; results without logins have neither figure nor table."""
    assert "logins" in figures_of(estimates)
    assert not logins.has_logins(usual) and "logins" not in figures_of(usual)
    assert "logins" not in FIGURES
    top, bottom = draw(estimates, "logins").axes
    widths = [patch.get_width() for patch in top.patches]
    numbers = Numbers(estimates)
    assert widths[0] == 1.0
    assert widths[4] == numbers.value("class", "otp", "logins_completed")
    assert len(bottom.lines) >= 1


def test_every_measure_is_explained(estimates: Estimates) -> None:
    """The glossary of the report defines what the tables show, the target's limit included."""
    found = {title for title, _, _ in dict(definitions(estimates))["Logins"]}
    names = (*logins.ENDS, "codes_wasted", "logins_within_41s")
    assert {measure_of(name).title for name in names} <= found


def test_targets_are_judged_on_logins(estimates: Estimates) -> None:
    """The verdict takes the share of logins within the limit, and its interval."""
    (verdict,) = judge_all([TARGET], estimates.measures, [], 600.0)
    share = Numbers(estimates).value("class", "otp", "logins_within_41s")
    assert (verdict.estimate, verdict.goal) == (share, 0.6)
    assert verdict.text == "60 % of the logins of class otp within 41 s"
    assert verdict.status == "met" if share > 0.7 else verdict.status in ("undecided", "missed")


def test_open_logins_leave_a_target_undecided() -> None:
    """Logins that were open at the end may still be completed, and the reason says logins."""
    verdict = judge(TARGET, 0.55, 0.01, 5, open_share=0.1)
    assert verdict.status == "undecided"
    assert verdict.reason == (
        "10 % of the logins were still open at the end, enough to change the answer; run with a "
        "longer drain"
    )
    assert judge(TARGET, 0.55, 0.01, 5).status == "missed"
    assert math.isclose(judge(TARGET, 0.55, 0.01, 5).upper, 0.56)
