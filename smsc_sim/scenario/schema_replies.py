"""Messages that answer messages; the YAML manual.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.quantities import Count, PositiveNanoseconds, Share
from smsc_sim.scenario.schema_base import Name, given
from smsc_sim.scenario.schema_distributions import Distribution
from smsc_sim.scenario.schema_written import Written

MOST_TURNS = 30  # answers in a thread: each is a source of traffic


def _by_turn(value: Any) -> tuple[Any, ...]:
    values = (value,) if isinstance(value, str) else value
    if not isinstance(values, (list, tuple)) or not 1 <= len(values) <= MOST_TURNS:
        raise Refusal(
            f"needs a share, or a list of 1 to {MOST_TURNS}", "write e.g. [70 %, 50 %, 40 %]"
        )
    return tuple(values)


class Replies(Written):
    """What those who have read a message answer, and what is answered to that, and so on.

    Whoever has a message whole may answer it once; the two sides take turns. An answer is a message
    of its own. Phones of other networks do not answer.
    """

    probability: Annotated[tuple[Share, ...], BeforeValidator(_by_turn)]
    """Share of delivered messages that are answered, e.g. 50 %; or a list by turn, [70 %, 50 %]:
    of first messages, of answers to them; the last one holds for all turns after it. No default:
    nothing was found."""

    at_most: Annotated[Count, Field(ge=1, le=MOST_TURNS)] = given(6)
    """Most answers in a thread, a whole number up to 30. Default 6: judgement."""

    delay: Distribution = given({"power_law": {"exponent": "1.8", "low": "20 s", "high": "1 d"}})
    """Time from a message that is whole on the handset to the answer. Default: a power law with
    exponent 1.8, the average of the times between the messages of one person (Hong, Han, Zhou and
    Wang, arXiv 0802.2577, by a summary of others, not from the paper); 20 s to 1 d is judgement:
    half of the answers come within 48 s."""

    text: Name = given("nus-english")
    """Lengths of what phones answer, one of `texts` or a shipped one. Default nus-english."""

    bearer: Name | None = None
    """Bearer of what phones answer, one of `bearers`. Default: 140 octets."""

    class_: Name = given("reply", alias="class")
    """Class under which results and targets count what phones answer. Default reply."""

    validity: PositiveNanoseconds | None = None
    """How long an answer of a phone is kept. Default: what the SMSC says."""

    price: Literal["retail", "a2p", "none"] = "retail"
    """Kind of price that a phone pays for an answer. Default retail."""

    def chance(self, turn: int) -> float:
        """Share of messages answered by the answer number `turn`, from 1, of a thread."""
        return self.probability[min(turn, len(self.probability)) - 1]


class Answers(Replies):
    """What phones answer to an application, and what it answers to that.

    What the application answers has the class, text, price and validity of its own messages.
    """

    class_: Name = given("answer", alias="class")
    """Class under which results and targets count what phones answer. Default answer."""

    price: Literal["retail", "a2p", "none"] = "none"
    """Kind of price that a phone pays for an answer. Default none, a free number: judgement."""
