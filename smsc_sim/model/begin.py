"""How jobs begin: their rows filled for messages, calls and what other jobs spawn."""

from smsc_sim.model.codes import (
    ALERT_DIALOGUE,
    CHARGE_DIALOGUE,
    ESME_DIALOGUE,
    FOR_SENDER,
    LOGIN,
    NOBODY,
    OK,
    PHONE_RETURN,
    REJECTED,
    REPLY,
    REPORT_DIALOGUE,
    SEGMENT,
    SESSION,
    START,
    STATUS_REPORT,
    SUBMISSION,
)
from smsc_sim.model.draws import below, key_of
from smsc_sim.model.login import begin_login
from smsc_sim.model.network import (
    ALERTS,
    CHARGES,
    SESSIONS,
    Command,
    Job,
    Network,
    State,
    dialogue_id,
    message_id,
    phone_id,
    segment_id,
    submit_sm_id,
)
from smsc_sim.model.phones import global_phone
from smsc_sim.model.reply import begin_reply
from smsc_sim.model.status_report import begin_status_report
from smsc_sim.model.traffic import (
    home_smsc,
    msc_of,
    octets_of,
    recipient,
    recipient_population,
    sender_of,
    text_row,
)


def begin_submission(
    network: Network, job: Job, source: int, number: int, record: int, now: int
) -> None:
    """Fill a row with message `number` of a source: who writes what to whom."""
    _begin(network, job, source, number, now)
    key = job.key
    job.kind = SUBMISSION
    job.record = record
    job.population = recipient_population(network, source, number, key)
    job.phone = recipient(network, source, job.population, number, key)
    job.msc = msc_of(network, job.population, job.phone)
    account = network.source_account[source]
    if network.source_smsc[source] >= 0:
        job.smsc = network.source_smsc[source]
    elif account < 0:
        sender = sender_of(network, source, number, key)
        home = network.source_from[source]
        job.sender = msc_of(network, home, sender)
        job.smsc = home_smsc(network, home, sender)
    else:
        job.smsc = network.node_smsc[network.account_smsc[account]]
    job.text = text_row(network, source, number, key)
    job.octets = octets_of(network, job.text, 0)


def begin_background(network: Network, job: Job, source: int, number: int, now: int) -> None:
    """Fill a row with call or update `number` of a source of background."""
    _begin(network, job, source, number, now)
    row = source - network.sources
    job.kind = network.background_kind[row]
    job.population = network.background_from[row]
    job.phone = below(job.key, 0, FOR_SENDER, network.population_size[job.population])
    job.msc = msc_of(network, job.population, job.phone)


def _begin(network: Network, job: Job, source: int, number: int, now: int) -> None:
    """Fill a row that nothing has happened to yet; who takes part in it comes after."""
    job.id = message_id(source, number)
    job.stage = START
    job.cause = OK
    job.answer = OK
    job.key = key_of(network.seed, network.source_digest[source], number)
    job.source = source
    job.record = NOBODY
    job.segment = 0
    job.attempt = 0
    job.dialogues = 0
    job.smsc = NOBODY
    job.sender = NOBODY
    job.text = 0
    job.octets = 0
    job.in_memory = 0
    job.stored = 0
    job.pending = 0
    job.cell = NOBODY
    job.channel_ns = -1
    job.tries = 0
    job.more = 0
    job.paused_ns = 0
    job.submit_ns = now
    job.accepted_ns = -1
    job.attempt_ns = -1
    job.routed_ns = -1
    job.arrived_ns = -1


def begin_record(network: Network, state: State, record: int, text: int) -> None:
    """Fill the record of a new message."""
    state.left[record] = 1
    state.segments[record] = network.text_segments[text]
    state.accepted[record] = 0
    state.on_handset[record] = 0
    state.reported[record] = 0
    state.whole_ns[record] = -1
    state.over[record] = 0
    state.worst[record] = REJECTED
    state.session_ns[record] = 0


def begin_child(network: Network, parent: Job, child: Job, command: Command, now: int) -> None:
    """Make a copy of a job into the job that it has spawned."""
    kind = command.place
    child.kind = kind
    child.stage = START
    child.answer = command.amount
    child.dialogues = 0
    child.pending = 0
    child.tries = 0
    if kind == SESSION:  # it takes over the channel
        child.id = parent.id | SESSIONS
        child.record = NOBODY
        parent.cell = NOBODY
        parent.channel_ns = -1
        return
    child.cell = NOBODY
    child.channel_ns = -1
    if kind == LOGIN:
        begin_login(parent, child, now)
        return
    if kind == STATUS_REPORT:
        begin_status_report(network, parent, child)
        return
    if kind == REPLY:
        begin_reply(network, parent, child, command.target)
        return
    if kind == SEGMENT:
        child.id = segment_id(
            parent.id, parent.segment, network.text_segments[parent.text], parent.stored
        )
        child.in_memory = network.smsc_from_memory[child.smsc]
        child.accepted_ns = now
        child.attempt = 0
        child.cause = OK
        return
    if kind == ESME_DIALOGUE:
        child.id = submit_sm_id(parent)
        return
    if kind == PHONE_RETURN:
        child.id = phone_id(global_phone(network, parent))
        child.submit_ns = -1  # it belongs to no message
        child.smsc = NOBODY
        child.record = NOBODY
        return
    if kind == CHARGE_DIALOGUE:
        child.id = parent.id | CHARGES
        child.record = NOBODY
        return
    child.id = dialogue_id(parent.id, parent.dialogues)
    if parent.kind == REPORT_DIALOGUE:
        # A dialogue itself: its alerts must not look like other dialogues of its segment.
        child.id = dialogue_id(parent.id | ALERTS, (parent.id & 63) + parent.dialogues)
    if kind == ALERT_DIALOGUE:
        child.smsc = command.target
        child.record = NOBODY
    elif kind == REPORT_DIALOGUE:
        child.record = NOBODY
    parent.dialogues += 1
