"""Messages that answer messages: whoever has one whole may answer, after a while, with another.

A source of replies answers the messages of one other source, and message n of it answers message
n of that.  So its number and all of its draws are content, and no other message moves.  What
answers may be a person who has read a text, or an application that an account has handed one to.
"""

from smsc_sim.model.codes import (
    FOR_REPLY,
    FOR_REPLY_DELAY,
    LOG_REPLY,
    NOBODY,
    NOTHING,
    OK,
    REPLIES_SEEN,
    REPLY,
    REPLY_DUE,
    REPLY_SENT,
    SPAWN,
    START,
    SUBMIT,
)
from smsc_sim.model.commands import command, end, hold
from smsc_sim.model.draws import key_of, uniform
from smsc_sim.model.network import EXTRA_NUMBERS, Command, Job, Network, State, number_of, reply_id
from smsc_sim.model.quantiles import drawn_ns
from smsc_sim.model.whole import makes_whole


def may_answer(network: Network, state: State, job: Job) -> bool:
    """Whether the segment of a job, once it is there, makes a message whole that has replies."""
    return has_replies(network, job) and makes_whole(state, job)


def has_replies(network: Network, job: Job) -> bool:
    """Whether the messages of a job's source are answered."""
    return network.reply_first[job.source] < network.reply_first[job.source + 1]


def begin_replies(network: Network, job: Job, now: int, stage: int, then: int) -> Command:
    """Begin the next of the replies to the message of a job, in `stage`; `then` after the last.

    One that would come after the end of the run is left out.
    """
    row = network.reply_first[job.source] + job.pending
    while row < network.reply_first[job.source + 1]:
        reply = network.reply_source[row]
        row += 1
        number = number_of(job.id)
        home = network.source_from[reply]
        draw = key_of(network.seed, network.reply_digest[reply], number)
        u = uniform(draw, 0, FOR_REPLY)
        if home in (NOBODY, job.population) and (
            network.reply_low[reply] <= u < network.reply_high[reply]
        ):
            key = key_of(network.seed, network.source_digest[reply], number)
            wait_ns = drawn_ns(network, network.reply_delay[reply], key, 0, FOR_REPLY_DELAY)
            if now + wait_ns <= network.duration_ns + network.drain_ns:
                seen = row - network.reply_first[job.source]
                return command(
                    SPAWN, REPLY, reply, wait_ns, stage, OK, NOTHING, 0, REPLIES_SEEN, seen
                )
    return hold(job, 0, then)


def next_number(network: Network, source: int, number: int) -> int:
    """Number of the message that a phone writes after message `number`: phones take turns."""
    return number + network.population_size[network.source_from[source]]


def begin_next(network: Network, job: Job, now: int, stage: int) -> Command:
    """Let the phone that writes a message write the next one after a gap, if that is in the run."""
    number, source = number_of(job.id), job.source
    key = key_of(network.seed, network.source_digest[source], number)
    wait_ns = drawn_ns(network, network.source_gaps[source], key, 0, FOR_REPLY_DELAY)
    following = next_number(network, source, number)
    is_over = now + wait_ns > network.duration_ns + network.drain_ns
    if is_over or following >= EXTRA_NUMBERS:  # also: of what Python code submits there is no next
        return hold(job, 0, stage)
    return command(SPAWN, REPLY, source, wait_ns, stage, OK)


def begin_reply(network: Network, parent: Job, child: Job, source: int) -> None:
    """Make a copy of a job into whoever will write; `child.answer` is when, in ns."""
    number = number_of(parent.id)
    if source == parent.source:
        number = next_number(network, source, number)
    child.id = reply_id(source, number)
    child.source = source
    child.record = NOBODY


def step_reply(network: Network, job: Job, now: int) -> Command:
    """Wait, then write: a message of its own begins."""
    if job.stage == START:
        return hold(job, job.answer, REPLY_DUE)
    if job.stage == REPLY_DUE:
        number, since_ns = number_of(job.id), now - job.submit_ns
        log = LOG_REPLY if network.source_answers[job.source] >= 0 else NOTHING
        return command(SUBMIT, job.source, number, 0, REPLY_SENT, OK, log, since_ns)
    return end(job)  # REPLY_SENT
