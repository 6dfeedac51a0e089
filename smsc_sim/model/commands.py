"""Short ways to write a command; what is not said stays as it is."""

from smsc_sim.model.codes import (
    ANSWER,
    CHANNEL_FREE,
    END,
    HOLD,
    NO_CHANGE,
    NOBODY,
    NOTHING,
    PARK,
    RELEASE,
    SEIZE,
    SEND,
    SERVE,
    SPAWN,
    WAKE,
)
from smsc_sim.model.network import Command, Job, dialogue_id


def command(
    verb: int,
    place: int,
    target: int,
    amount: int,
    stage: int,
    cause: int,
    log: int = NOTHING,
    value: int = 0,
    change: int = NO_CHANGE,
    argument: int = 0,
) -> Command:
    """A command with nothing logged and nothing changed unless said."""
    return Command(verb, place, target, amount, stage, cause, log, value, change, argument)


def hold(job: Job, amount_ns: int, stage: int, change: int = NO_CHANGE) -> Command:
    """Wait `amount_ns`."""
    return Command(HOLD, 0, 0, amount_ns, stage, job.cause, NOTHING, 0, change, 0)


def serve(job: Job, station: int, service_ns: int, stage: int, change: int = NO_CHANGE) -> Command:
    """Queue at a station and be served."""
    return Command(SERVE, station, 0, service_ns, stage, job.cause, NOTHING, 0, change, 0)


def send(job: Job, node: int, target: int, msu: int, stage: int, cause: int) -> Command:
    """Send an MSU from node to node; `cause` is what the answer says."""
    return Command(SEND, node, target, msu, stage, cause, NOTHING, 0, NO_CHANGE, 0)


def seize(job: Job, pool: int, key: int, until_ns: int, stage: int) -> Command:
    """Take a unit of a pool, waiting until `until_ns` at most; 0 waits for nothing."""
    return Command(SEIZE, pool, key, until_ns, stage, job.cause, NOTHING, 0, NO_CHANGE, 0)


def release(job: Job, pool: int, key: int, stage: int) -> Command:
    """Give a unit back."""
    return Command(RELEASE, pool, key, 0, stage, job.cause, NOTHING, 0, NO_CHANGE, 0)


def take_channel(job: Job, pool: int, stage: int) -> Command:
    """Take a radio channel if one is free; else refused, for nobody waits for one."""
    return Command(SEIZE, pool, NOBODY, 0, stage, job.cause, NOTHING, 0, NO_CHANGE, 0)


def free_channel(job: Job, pool: int, stage: int) -> Command:
    """Give the channel back that the job has held since `job.channel_ns`."""
    since_ns = job.channel_ns
    return Command(RELEASE, pool, NOBODY, since_ns, stage, job.cause, NOTHING, 0, CHANNEL_FREE, 0)


def start_dialogue(job: Job, kind: int, stage: int, change: int = NO_CHANGE) -> Command:
    """Start the dialogue of a job, numbered by `job.dialogues`."""
    return command(SPAWN, kind, 0, 0, stage, job.cause, NOTHING, 0, change)


def await_answer(job: Job, until_ns: int, stage: int) -> Command:
    """Wait for the answer to the dialogue started last, until the MAP timer runs out."""
    key = dialogue_id(job.id, job.dialogues - 1)
    return command(PARK, ANSWER, key, until_ns, stage, job.cause)


def answer(job: Job, stage: int) -> Command:
    """Tell whoever started this dialogue how it ended."""
    return command(WAKE, ANSWER, job.id, job.cause, stage, job.cause)


def end(job: Job, log: int = NOTHING, value: int = 0, change: int = NO_CHANGE) -> Command:
    """The job is over; `value` is logged and is the argument of the change."""
    return command(END, 0, 0, 0, job.stage, job.cause, log, value, change, value)
