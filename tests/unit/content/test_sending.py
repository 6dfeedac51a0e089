"""How long a campaign takes to send."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smsc_sim.content.errors import ContentError
from smsc_sim.content.sender_limits import SenderLimit
from smsc_sim.content.sending import Span, sending
from smsc_sim.content.zones import QuietHours, is_awake, next_change, zones_of

NIGHT = QuietHours(21 * 3600, 8 * 3600)


def at(text: str, zone: str = "Europe/Helsinki") -> datetime:
    """Local time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def test_without_quiet_hours_it_takes_segments_over_rate() -> None:
    """One span, of all countries together."""
    (span,) = sending({"FI": 30, "US": 70, "SE": 0}, 0.5, at("2026-05-04T23:00"), None)
    assert span.begin == at("2026-05-04T23:00")
    assert span.end - span.begin == timedelta(seconds=200)
    assert sending({}, 1.0, at("2026-05-04T23:00"), NIGHT) == []


def test_the_night_interrupts() -> None:
    """What does not fit before nine in the evening goes out from eight in the morning."""
    spans = sending({"FI": 7200}, 1.0, at("2026-05-04T20:00"), NIGHT)
    assert [(span.begin, span.end) for span in spans] == [
        (at("2026-05-04T20:00"), at("2026-05-04T21:00")),
        (at("2026-05-05T08:00"), at("2026-05-05T09:00")),
    ]


def test_who_falls_asleep_first_is_written_to_first() -> None:
    """Finland is an hour ahead of Sweden: both are done before their nights."""
    spans = sending({"SE": 3600, "FI": 3600}, 1.0, at("2026-05-04T20:00"), NIGHT)
    assert spans[-1].end == at("2026-05-04T22:00")
    assert sum(span.segments for span in spans) == pytest.approx(7200)


def test_a_country_sleeps_when_any_of_its_zones_does() -> None:
    """Hawaii must be awake before anybody in the United States is written to."""
    assert "Pacific/Honolulu" in zones_of("US")
    (span,) = sending({"US": 10}, 1.0, at("2026-05-04T09:00", "America/New_York"), NIGHT)
    # Adak, the last to wake but Honolulu, has summer time; Honolulu wakes at 14:00 in New York.
    assert span.begin == at("2026-05-04T14:00", "America/New_York")


def test_the_end_of_the_quiet_hours_is_awake_and_the_begin_is_not() -> None:
    """Half-open, as clocks are read."""
    for text, awake in [("20:59:59", True), ("21:00", False), ("07:59:59", False), ("08:00", True)]:
        assert is_awake(NIGHT, "FI", at(f"2026-05-04T{text}")) is awake
    noon = QuietHours(12 * 3600, 13 * 3600)
    assert not is_awake(noon, "FI", at("2026-05-04T12:30"))
    assert is_awake(noon, "FI", at("2026-05-04T13:00"))


def test_changes_are_the_edges_of_the_quiet_hours() -> None:
    """The next edge of any zone, also over a change of clocks within a day."""
    assert next_change(NIGHT, ("FI",), at("2026-05-04T20:00")) == at("2026-05-04T21:00")
    assert next_change(NIGHT, ("FI", "SE"), at("2026-05-04T21:30")) == at("2026-05-04T22:00")


def test_every_span_is_awake() -> None:
    """Over a week and a change of clocks nobody is woken."""
    spans = sending({"FI": 200_000, "PT": 50_000}, 1.0, at("2026-10-22T12:00"), NIGHT)
    assert sum(span.segments for span in spans) == pytest.approx(250_000)
    for span in spans:
        middle = span.begin + (span.end - span.begin) / 2
        assert is_awake(NIGHT, "FI", middle) or is_awake(NIGHT, "PT", middle)
    assert all(a.end <= b.begin for a, b in pairwise(spans))


def test_a_country_that_never_wakes_is_told() -> None:
    """Russia's zones lie so far apart that long quiet hours leave nothing."""
    long = QuietHours(18 * 3600, 12 * 3600)
    with pytest.raises(ContentError, match="quiet_hours: leave no time for RU, whose time zones"):
        sending({"RU": 1}, 1.0, datetime(2026, 5, 4, tzinfo=UTC), long)


LIMITS = [
    SenderLimit("t", "US", "AT&T", 60, None, "", "fail", "", "", date(2026, 1, 1)),
    SenderLimit("t", "US", "T-Mobile", None, 1000, "America/Los_Angeles", "fail", "", "",
                date(2026, 1, 1)),
]  # fmt: skip
LA = "America/Los_Angeles"


def sums(spans: list[Span]) -> dict[str, tuple[float, float, datetime]]:
    """Segments, failed ones and end by operator."""
    found: dict[str, tuple[float, float, datetime]] = {}
    for piece in (piece for span in spans for piece in span.pieces):
        count, failed, _ = found.get(piece.operator, (0.0, 0.0, piece.end))
        found[piece.operator] = (count + piece.segments, failed + piece.failed, piece.end)
    return found


def test_a_limit_by_the_minute_slows_its_operator_only() -> None:
    """AT&T takes 1 a second: 400 of 1,000 last 400 s, while 600 to others go at the other 9."""
    start = at("2026-05-04T12:00", LA)
    found = sums(sending({"US": 1000}, 10.0, start, None, [(LIMITS[0], 0.4)]))
    assert found["AT&T"] == (pytest.approx(400), 0, start + timedelta(seconds=400))
    count, _, end = found[""]
    assert count == pytest.approx(600)
    assert (end - start.astimezone(UTC)).total_seconds() == pytest.approx(600 / 9, abs=1e-3)


def test_what_is_beyond_the_day_fails_until_midnight() -> None:
    """1,000 a day, 1 a second from 23:30 Pacific: 1,000 pass, 800 fail, then 1,000 and 200."""
    start = at("2026-05-04T23:30", LA)
    found = sums(sending({"US": 3000}, 1.0, start, None, [(LIMITS[1], 1.0)]))
    assert found["T-Mobile"][:2] == (pytest.approx(3000), pytest.approx(800 + 200, abs=0.01))
    assert found["T-Mobile"][2] - start.astimezone(UTC) == timedelta(seconds=3000)


def test_what_is_beyond_the_day_waits_where_it_is_queued() -> None:
    """2,500 take three days: until the second midnight and 500 s more."""
    queue = replace(LIMITS[1], beyond_day="queue")
    start = at("2026-05-04T12:00", LA)
    spans = sending({"US": 2500, "FI": 0}, 1.0, start, None, [(queue, 1.0)])
    assert [round(span.segments, 3) for span in spans] == [1000, 1000, 500]
    assert spans[-1].end == at("2026-05-06T00:00", LA) + timedelta(seconds=500)
    # With a night until eight the third day begins at eight, in Honolulu too.
    spans = sending({"US": 2500}, 1.0, start, NIGHT, [(queue, 1.0)])
    assert spans[-1].begin.astimezone(ZoneInfo("Pacific/Honolulu")).hour == 8
    assert sum(piece.failed for span in spans for piece in span.pieces) == 0


def test_quiet_hours_follow_the_clock_through_its_changes() -> None:
    """In the night in which the clocks go forward it is awake at eight by the clock."""
    spans = sending({"FI": 7200}, 1.0, at("2026-03-28T20:00"), NIGHT)
    assert spans[1].begin == at("2026-03-29T08:00")
    assert (spans[1].begin - spans[0].end).total_seconds() == 10 * 3600
    (span,) = sending({"FI": 10 * 3600}, 1.0, at("2026-03-29T00:00"), None)
    assert span.end == at("2026-03-29T11:00")


@given(
    st.dictionaries(st.sampled_from(["US", "FI", "IN"]), st.integers(1, 20_000), min_size=1),
    st.floats(0.1, 50.0),
    st.floats(0.0, 0.6),
    st.floats(0.0, 0.4),
    st.booleans(),
    st.booleans(),
)
@example({"US": 1000}, 3.0, 0.0, 1e-9, False, False)  # a piece of less than a microsecond
@settings(max_examples=60, deadline=None)
def test_everything_is_sent_once_never_faster_than_allowed(
    segments: dict[str, int], rate: float, one: float, two: float, queues: bool, sleeps: bool
) -> None:
    """Whatever the limits: sums, rates of account and operators, days, and nobody at night."""
    day = replace(LIMITS[1], beyond_day="queue" if queues else "fail")
    limits = [(LIMITS[0], one), (day, two)]
    spans = sending(segments, rate, at("2026-05-04T12:00"), NIGHT if sleeps else None, limits)
    pieces = [piece for span in spans for piece in span.pieces]
    taken: dict[tuple[str, date], float] = {}
    for country, count in segments.items():
        mine = [piece.segments for piece in pieces if piece.country == country]
        assert sum(mine) == pytest.approx(count, rel=1e-4, abs=1e-3)
    for span in spans:
        length_s = (span.end - span.begin).total_seconds()
        assert span.segments <= rate * length_s * (1 + 1e-3) + 1e-3
    for piece in pieces:
        length_s = (piece.end - piece.begin).total_seconds()
        if piece.operator == "AT&T":
            assert piece.segments <= length_s * (1 + 1e-3) + 1e-3
        if piece.operator == "T-Mobile":
            key = (piece.operator, piece.begin.astimezone(ZoneInfo(LA)).date())
            taken[key] = taken.get(key, 0.0) + piece.segments - piece.failed
        if sleeps and length_s > 1:
            middle = piece.begin + (piece.end - piece.begin) / 2
            assert is_awake(NIGHT, piece.country, middle)
    assert all(count <= 1000 + 0.01 for count in taken.values())
    if queues:
        assert sum(piece.failed for piece in pieces) == 0


@pytest.mark.parametrize("rate", [1e-8, 1e-12])
def test_what_would_take_decades_is_refused(rate: float) -> None:
    """Also without quiet hours, and before a date can overflow."""
    with pytest.raises(ContentError) as caught:
        sending({"FI": 100}, rate, datetime(2026, 5, 4, tzinfo=UTC), None)
    assert str(caught.value) == "rate: sending takes more than 10 years; raise it"
