"""The person behind a one-time password: waits, asks for another code, types one in, or leaves.

A login begins with the message that brings its first code.  A further code is message n of a
source of its own, n being the number of the login, so that its draws are content and no other
message moves.  Only the code asked for last counts, and what the fallback brings; any code counts
until it expires.  Nobody can tell by looking at it: an older code is typed in too, and refused.

The person asks for nothing and does not leave while typing or listening to a call.  The fallback
goes by the clock of the application: a code by a second route, or a call that reads one out.
"""

from smsc_sim.model.codes import (
    ASKED,
    CODE_HEARD,
    CODE_IN,
    CODE_SEEN,
    END,
    FALLBACK_BEGUN,
    FOR_ASKING,
    FOR_CALL,
    FOR_CALL_ANSWER,
    FOR_PATIENCE,
    FOR_TYPING,
    HOLD,
    LOG_LOGIN,
    LOGIN_BY_CALL,
    LOGIN_BY_SECOND_ROUTE,
    LOGIN_CALL_ANSWERED,
    LOGIN_CALL_UNANSWERED,
    LOGIN_CODE_ASKED,
    LOGIN_COMPLETED,
    LOGIN_GIVEN_UP,
    LOGIN_LOOKS,
    LOGIN_RESUMED,
    LOGIN_SECOND_ROUTE,
    LOGIN_STARTED,
    LOGIN_TYPED_EXPIRED,
    LOGIN_TYPED_OUTDATED,
    LOGIN_WAITS,
    NEVER,
    NO_CHANGE,
    NOBODY,
    NOTHING,
    OK,
    PARK,
    START,
    SUBMIT,
    TYPED,
    TYPES,
    WAKE,
    WOKEN,
)
from smsc_sim.model.commands import command
from smsc_sim.model.draws import uniform
from smsc_sim.model.network import Command, Job, Network, State, login_id, message_id, number_of
from smsc_sim.model.quantiles import drawn_ns
from smsc_sim.model.whole import makes_whole

# Codes by number, from 0 for the first; what the fallback brings has this one.
FALLBACK_CODE = 15
MOST_CODES = 9
# What `job.more` says of the fallback.
TO_COME, CALLING, OVER_WITH = range(3)


def begins_login(network: Network, job: Job) -> bool:
    """Whether the submission of a job brings the first code of a login."""
    person = network.source_person[job.source]
    return person >= 0 and network.source_code[job.source] == 0


def begin_login(parent: Job, child: Job, now: int) -> None:
    """Make a copy of a submission into the person who waits for its code.

    Of its numbers, `attempt` counts the codes asked for, `attempt_ns` is when the last one was,
    `pending` has a bit for each code at hand, `tries` is the code being typed in and `arrived_ns`
    when that is done (-1: nobody types), `more` says how far the fallback is.
    """
    child.id = login_id(parent.id)
    child.record = NOBODY
    child.smsc = NOBODY
    child.attempt = 1
    child.attempt_ns = now
    child.arrived_ns = -1
    child.more = TO_COME


def tells_person(network: Network, state: State, job: Job) -> bool:
    """Whether the segment of a job, once it is there, makes a code whole that somebody awaits."""
    return network.source_person[job.source] >= 0 and makes_whole(state, job)


def tell_person(network: Network, job: Job, stage: int) -> Command:
    """Wake the person whom the message of a job is for; who is logged in or gone, is not there."""
    person = network.source_person[job.source]
    key = login_id(message_id(network.person_source[person], number_of(job.id)))
    return command(WAKE, CODE_IN, key, network.source_code[job.source], stage, job.cause)


def step_login(network: Network, job: Job, signal: int, now: int) -> Command:
    """A person from the first code to the login, or to giving up."""
    if job.stage == START:
        return command(HOLD, 0, 0, 0, LOGIN_WAITS, OK, LOG_LOGIN, LOGIN_STARTED)
    if job.stage == LOGIN_WAITS:
        until_ns = max(now, _next_ns(network, job))
        return command(PARK, CODE_IN, job.id, until_ns, LOGIN_RESUMED, OK)
    if job.stage == LOGIN_RESUMED and signal == WOKEN:
        return _note(job, NOTHING, 0, CODE_SEEN, job.answer)
    return _fallback(network, job, now)  # LOGIN_LOOKS, or a timer ran out


def _note(job: Job, log: int, value: int, change: int, argument: int) -> Command:
    """Change what the person knows, and look again."""
    return command(HOLD, 0, 0, 0, LOGIN_LOOKS, OK, log, value, change, argument)


def _fallback(network: Network, job: Job, now: int) -> Command:
    """What the application does without being asked, once its time has come."""
    person = network.source_person[job.source]
    if job.more == CALLING and now >= _heard_ns(network, person, job):
        return _note(job, NOTHING, 0, CODE_HEARD, FALLBACK_CODE)
    if job.more != TO_COME or now < _fallback_ns(network, person, job):
        return _type(network, person, job, now)
    second = network.person_second[person]
    if second >= 0:
        return command(
            *(SUBMIT, second, number_of(job.id), 0, LOGIN_WAITS, OK),
            *(LOG_LOGIN, LOGIN_SECOND_ROUTE, FALLBACK_BEGUN, OVER_WITH),
        )
    if uniform(job.key, 0, FOR_CALL_ANSWER) < network.person_p_answer[person]:
        return _note(job, LOG_LOGIN, LOGIN_CALL_ANSWERED, FALLBACK_BEGUN, CALLING)
    return _note(job, LOG_LOGIN, LOGIN_CALL_UNANSWERED, FALLBACK_BEGUN, OVER_WITH)


def _type(network: Network, person: int, job: Job, now: int) -> Command:
    """Type in what is at hand, the newest first; a code that counts completes the login."""
    if job.arrived_ns < 0 and job.pending == 0:
        return _decide(network, person, job, now)
    if job.arrived_ns < 0:
        code = _newest(job.pending)
        typing = network.person_typing[person]
        until_ns = now + drawn_ns(network, typing, job.key, code, FOR_TYPING)
        typed = until_ns << 4 | code
        return command(HOLD, 0, 0, 0, LOGIN_WAITS, OK, NOTHING, 0, TYPES, typed)
    if now < job.arrived_ns:
        return command(HOLD, 0, 0, 0, LOGIN_WAITS, OK)
    is_fallback = job.tries == FALLBACK_CODE
    if not is_fallback and job.tries != job.attempt - 1:
        return _note(job, LOG_LOGIN, LOGIN_TYPED_OUTDATED, TYPED, 0)
    made_ns = _fallback_ns(network, person, job) if is_fallback else job.attempt_ns
    if now - made_ns > network.person_expires_ns[person]:
        return _note(job, LOG_LOGIN, LOGIN_TYPED_EXPIRED, TYPED, 0)
    if not is_fallback:
        return _end(job, LOGIN_COMPLETED)
    is_call = network.person_second[person] < 0
    return _end(job, LOGIN_BY_CALL if is_call else LOGIN_BY_SECOND_ROUTE)


def _newest(pending: int) -> int:
    """Number of the newest code at hand."""
    code = FALLBACK_CODE
    while pending >> code & 1 == 0:
        code -= 1
    return code


def _decide(network: Network, person: int, job: Job, now: int) -> Command:
    """Leave, ask for another code, or go on waiting; who has answered the call listens."""
    if job.more == CALLING:
        return command(HOLD, 0, 0, 0, LOGIN_WAITS, OK)
    if now >= _patient_until_ns(network, person, job):
        return _end(job, LOGIN_GIVEN_UP)
    if now < _asks_ns(network, person, job):
        return command(HOLD, 0, 0, 0, LOGIN_WAITS, OK)
    source = network.person_again[network.person_again_first[person] + job.attempt - 1]
    return command(
        *(SUBMIT, source, number_of(job.id), 0, LOGIN_WAITS, OK),
        *(LOG_LOGIN, LOGIN_CODE_ASKED, ASKED, now),
    )


def _end(job: Job, event: int) -> Command:
    return command(END, 0, 0, 0, job.stage, OK, LOG_LOGIN, event, NO_CHANGE, 0)


def _next_ns(network: Network, job: Job) -> int:
    """When the person, or the application, has something to do if nothing comes before."""
    person = network.source_person[job.source]
    until_ns = NEVER
    if job.more == TO_COME:
        until_ns = _fallback_ns(network, person, job)
    elif job.more == CALLING:
        until_ns = _heard_ns(network, person, job)
    if job.arrived_ns >= 0:
        return min(until_ns, job.arrived_ns)
    if job.more == CALLING:
        return until_ns
    until_ns = min(until_ns, _patient_until_ns(network, person, job))
    return min(until_ns, _asks_ns(network, person, job))


def _patient_until_ns(network: Network, person: int, job: Job) -> int:
    patience = network.person_patience[person]
    return job.submit_ns + drawn_ns(network, patience, job.key, 0, FOR_PATIENCE)


def _asks_ns(network: Network, person: int, job: Job) -> int:
    """When the person asks for the next code; NEVER if that was the last one."""
    first, last = network.person_again_first[person], network.person_again_first[person + 1]
    if first + job.attempt - 1 >= last:
        return NEVER
    resend = network.person_resend[person]
    return job.attempt_ns + drawn_ns(network, resend, job.key, job.attempt, FOR_ASKING)


def _fallback_ns(network: Network, person: int, job: Job) -> int:
    """When the fallback begins; NEVER if there is none."""
    after_ns = network.person_fallback_ns[person]
    return NEVER if after_ns < 0 else job.submit_ns + after_ns


def _heard_ns(network: Network, person: int, job: Job) -> int:
    """When the person has heard the code in a call."""
    call = network.person_call[person]
    return _fallback_ns(network, person, job) + drawn_ns(network, call, job.key, 0, FOR_CALL)


def change_login(job: Job, change: int, argument: int) -> None:
    """Changes of what a person knows and does."""
    if change == CODE_SEEN:
        job.pending |= 1 << argument
    elif change == CODE_HEARD:
        job.pending |= 1 << argument
        job.more = OVER_WITH
    elif change == FALLBACK_BEGUN:
        job.more = argument
    elif change == TYPES:
        job.tries = argument & 15
        job.pending &= ~(1 << job.tries)
        job.arrived_ns = argument >> 4
    elif change == TYPED:
        job.arrived_ns = -1
    else:  # ASKED
        job.attempt += 1
        job.attempt_ns = argument
