"""Traffic that is answered, or that phones ask for: surveys, requests, gateways, replies."""

from __future__ import annotations

import numpy as np
import pytest

from smsc_sim.engines.tally import MessageTally
from smsc_sim.model import codes
from smsc_sim.results.measures_replies import cost_per_answer, reply_values
from tests.networks import ID, SECOND, TIME, VALUE, network, refusals, rows_of, simulate

SURVEY = """
duration: 120 s
accounts: {bank: {receipts: none}}
traffic:
  news: {kind: survey, messages: 400 msg, rate: 50 msg/s, text: one,
         answers: {choices: {"yes": 40 %, "no": 20 %}, opt_out: 10 %, text: one,
                   delay: {exponential: {mean: 10 s}}, deadline: +20 s}}
populations: {city: {size: 500}}
"""


def test_choices_of_a_survey_exclude_each_other() -> None:
    """Each phone answers once at most, with the shares of the choices, under a class of its own."""
    scenario = network(SURVEY)
    names = scenario.names
    assert names.sources == ("news", "news no", "news yes", "news stop")
    assert names.classes == ("survey", "survey_no", "survey_yes", "survey_stop")
    log, _ = simulate(scenario)
    answers = rows_of(log, codes.LOG_REPLY)[:, ID]
    numbers = answers >> 18 & (1 << 30) - 1
    assert len(set(numbers.tolist())) == len(numbers)
    shares = np.bincount(answers >> 48, minlength=4) / 400
    assert shares == pytest.approx([0, 0.2, 0.4, 0.1], abs=0.06)


def test_answers_are_counted_where_the_question_is() -> None:
    """Response rate, answers in time, opt-outs and cost per answer are those of the log."""
    scenario = network(SURVEY)
    log, _ = simulate(scenario)
    tally = MessageTally(scenario.network, scenario.names, SECOND, [])
    tally.add(log)
    assert tally.answered == {"survey"}
    counts = {name: int(sums[0].sum()) for name, sums in tally.counts.items()}
    answers = rows_of(log, codes.LOG_REPLY)
    ends = rows_of(log, codes.LOG_MESSAGE_END)
    ends = ends[(ends[:, ID] >> 48 != 0) & (ends[:, VALUE] >= 0)]
    stops = ends[:, ID] >> 48 == 3
    submitted = {int(row[ID]) >> 18: int(row[TIME]) for row in rows_of(log, codes.LOG_SUBMIT)}
    whole = np.array([submitted[int(row[ID]) >> 18] + int(row[VALUE]) for row in ends])
    in_time = (whole <= 20 * SECOND) & ~stops
    values = dict(reply_values(counts))
    assert values == {
        "answers_per_message": len(answers) / 400,
        "time_to_answer": pytest.approx(answers[:, VALUE].mean() / 1e9),
        "answers_received": (~stops).sum(),
        "answers_in_time": in_time.sum() / (~stops).sum(),
        "opt_outs": stops.sum() / 400,
    }
    assert 0.3 < values["answers_in_time"] < 0.9 and 0.05 < values["opt_outs"] < 0.15
    price = scenario.network.price_micros[0] / 1e6
    cost = dict(cost_per_answer(counts, "a2p"))
    assert cost == {"a2p.cost_per_answer": pytest.approx(400 * price / in_time.sum())}
    assert dict(cost_per_answer(counts, "none")) == {}


TICKER = """
duration: 10 min
traffic:
  news: {kind: sports_ticker, account: bank, to: city, messages: null, at: null, subscribers: 20,
         kick_off: +1 min, half: 3 min, break: 1 min, goals: [1 min], text: one,
         requests: {per_phone: 4, goal_factor: 5, goal_for: 1 min, text: one}}
populations: {city: {size: 500}}
"""


def test_requests_come_through_the_match_and_after_goals() -> None:
    """As many requests as phones make, more after a goal; every one that comes is answered."""
    scenario = network(TICKER)
    log, _ = simulate(scenario)
    source = scenario.names.sources.index("news request")
    asked = rows_of(log, codes.LOG_SUBMIT)
    asked = asked[asked[:, ID] >> 48 == source][:, TIME] / SECOND
    assert len(asked) == pytest.approx(4 * 500, rel=0.1)
    assert asked.min() >= 60 and asked.max() <= 8 * 60
    goal = ((asked >= 120) & (asked < 180)).sum()
    assert goal / (len(asked) - goal) == pytest.approx(5 / 6, rel=0.15)
    told = rows_of(log, codes.LOG_REPLY)
    ends = rows_of(log, codes.LOG_MESSAGE_END)
    received = ends[(ends[:, ID] >> 48 == source) & (ends[:, VALUE] >= 0)]
    assert len(told) == len(received) > 1500
    assert scenario.names.classes[source] == "score_request"


def test_a_gateway_talks_in_both_directions() -> None:
    """By default an instant messenger comes in bursts, and twelve answers go to and fro."""
    scenario = network(
        "traffic: {news: null, im: {kind: im_gateway, account: bank, to: city, rate: 5 msg/s}}"
    )
    net, names = scenario
    assert len(names.sources) == 13
    assert [int(to >= 0) for to in net.source_to_account] == [k % 2 for k in range(13)]
    assert set(names.classes) == {"im_gateway", "answer"}
    assert len(net.burst_factor) == 2


WRONG = {
    "word among the choices": (
        "{answers: {choices: {stop: 5 %}}}",
        "traffic.news.answers: has the opt-out word 'stop' among its choices; give opt_out its "
        "share, or choose another word",
    ),
    "more than all": (
        "{answers: {choices: {a: 99 %, b: 2 %}}}",
        "traffic.news.answers: has choices and opt_out that are more than 100 % together; lower "
        "them; the rest does not answer",
    ),
    "closed before it opens": (
        "{answers: {choices: {a: 9 %}, deadline: +1 s}}",
        "traffic.news: has a deadline that is not after its beginning; move one",
    ),
    "replies beside answers": (
        "{answers: {choices: {a: 9 %}}, replies: {probability: 5 %}}",
        "traffic.news: has replies; say it in answers",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_surveys(case: str) -> None:
    """What does not fit in a survey is named with its place and a remedy."""
    given, line = WRONG[case]
    found = refusals(f"{{traffic: {{news: {given}}}}}", "{traffic: {news: {kind: survey}}}")
    assert found[0] == line


WRONG_REPLIES = {
    "no share": (
        "{replies: {}}",
        "traffic.news.replies.probability: is missing; add probability",
    ),
    "empty list": (
        "{replies: {probability: []}}",
        "traffic.news.replies.probability: needs a share, or a list of 1 to 30; write e.g. "
        "[70 %, 50 %, 40 %]",
    ),
    "no such text": (
        "{replies: {probability: 5 %, text: onne}}",
        "traffic.news.replies.text: no text is called 'onne'; did you mean 'one'?",
    ),
    "power law upside down": (
        "{replies: {probability: 5 %, delay: {power_law: {exponent: 2, low: 9 s, high: 3 s}}}}",
        "traffic.news.replies.delay.power_law: has a low that is not below its high; change one",
    ),
    "another price": (
        "{replies: {probability: 5 %, class: campaign}}",
        "traffic.news.replies: pays none prices, but 'news' of the same class pays a2p prices; "
        "give it another class, or the same price",
    ),
}


@pytest.mark.parametrize("case", WRONG_REPLIES)
def test_wrong_replies(case: str) -> None:
    """What does not fit in replies is named with its place and a remedy."""
    given, line = WRONG_REPLIES[case]
    assert refusals(f"{{traffic: {{news: {given}}}}}")[0] == line


def test_answers_are_known_as_classes() -> None:
    """Targets may name the class of a choice, of replies and of requests; others are refused."""
    target = "{targets: {t: {class: survey_yes, within: 30 s, at_least: 9 %}}}"
    network(SURVEY, target)
    network(TICKER, target.replace("survey_yes", "score_request"))
    assert refusals(SURVEY, target.replace("survey_yes", "survey_maybe"))[0].startswith(
        "targets.t.class: no traffic has the class 'survey_maybe'"
    )
