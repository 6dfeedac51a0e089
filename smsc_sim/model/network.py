"""What the rules read and write: the compiled network, the state, jobs and commands.

All columns are one-dimensional and hold int64 or float64, indexed by row numbers that follow
the *names* of elements in alphabetical order, never their order in the YAML.  The same
tuples hold Python lists in the reference engine and arrays in the compiled one.
"""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

Ints = Sequence[int]
Floats = Sequence[float]

# Whole numbers of which machine code keeps fewer than 8 octets; to Python they are all the same.
Int8 = Annotated[int, 1]
Int16 = Annotated[int, 2]
Int32 = Annotated[int, 4]
MOST_OF_A_KIND = (1 << 15) - 1  # nodes, and populations, that a job can tell apart
MOST_PHONES = (1 << 31) - 1  # of a population


class Network(NamedTuple):
    """The compiled scenario: columns and integers, no names and no units to guess."""

    seed: int
    nodes: int  # SMSCs, HLRs, STPs and MSCs
    elements: int  # the nodes, then the link sets, then the links of each set
    is_relay: Ints  # (nodes,) 1 for an STP
    waypoint_first: Ints  # (operations + 1,) rows of the nodes that its MSUs must pass
    waypoint_node: Ints
    smscs: int
    link_sets: int
    stations: int
    # Stations: places with a queue, first in first out unless they have a line.
    station_element: Ints  # (stations,)
    station_link: Ints  # (stations,) element of the link, or -1
    station_sender: Ints  # (stations,) node in whose send buffer MSUs wait for the link, or -1
    station_servers: Ints  # (stations,)
    station_service_ns: Ints  # (stations,) 0 where it depends on the MSU
    station_patience_ns: Ints  # (stations,) longest wait; who would wait longer is refused
    station_is_random: Ints  # (stations,) 1: service is exponential
    station_digest: Ints  # (stations,) of its name: what draws are keyed by
    station_line: Ints  # (stations,) waiting line, or -1: first in first out
    # Waiting lines with bands, of stations and of pools; see `model.queues`.
    lines: int
    line_first: Ints  # (lines + 1,) rows of its bands
    line_places: Ints  # (lines,) most jobs that may wait
    line_is_weighted: Ints  # (lines,) 1: bands share by weight; 0: the first goes first
    line_band: Ints  # (lines * sources,) row of the band in which jobs of a source wait
    band_weight: Floats  # (bands,) at least 1
    # Where the stations of a node are; -1 if it has none.
    node_station: Ints  # (nodes,) STP, HLR, MSC: its processor; SMSC: its delivery licence
    admission_station: Ints  # (smscs,)
    # Link sets; both directions of each link are stations in a row.
    set_from: Ints  # (link_sets,) node
    set_to: Ints  # (link_sets,) node
    set_links: Ints  # (link_sets,)
    set_first_station: Ints  # (link_sets,) links from set_from to set_to, then back
    set_first_link: Ints  # (link_sets,) element of its first link
    set_octet_ns: Floats  # (link_sets,) ns per octet
    set_msu_ns: Ints  # (link_sets,) time of an MSU whatever its octets; 0: by octets
    set_discard_ns: Ints  # (link_sets * 4,) wait at which MSUs of each priority are discarded
    operation_priority: Ints  # (operations,) 0 is discarded first
    sls_bits: int  # so wide is an SLS
    cards_apart: int  # 1: link cards send what they hold also when a node at an end is down
    changeover_ns: int
    reroute_ns: int
    set_propagation_ns: Ints  # (link_sets,)
    set_transport: Ints  # (link_sets,)
    msu_octets: Ints  # (transports * codes,) octets of an MSU on the wire
    msu_codes: int
    # Long texts: from how many TP-UD octets on dialogues are opened empty.
    leg_is_short: Ints  # (nodes * nodes,) 1 if a link with a limit is on the way from, to
    opens_from: Ints  # (4,) mo- and mt-ForwardSM without the limit, then with it
    # Pools of each SMSC, in the order store, dialogues, phones; then the windows of accounts; then
    # the channels of cells.
    pools: int
    pool_units: Ints  # (pools,)
    pool_element: Ints  # (pools,) the SMSC whose crash empties it, or -1
    pool_group: Ints  # (pools,) of channels: all of one kind at one MSC; -1 for other pools
    channel_groups: int
    # Radio: cells of all MSCs in a row, and their location areas.
    node_areas: Ints  # (nodes,) location areas; 0 for an MSC whose channels are without limit
    node_first_area: Ints  # (nodes,)
    node_cells: Ints  # (nodes,) cells, the same number in each area
    node_first_cell: Ints  # (nodes,)
    node_pages: Ints  # (nodes,) attempts to page
    node_retrials: Ints  # (nodes,) further tries of who finds no channel
    node_retrial_ns: Ints  # (nodes,)
    node_session_ns: Ints  # (nodes,) how long a channel is kept for what follows
    area_paging: Ints  # (areas,) station: a page goes out in every cell of the area
    cell_sdcch: Ints  # (cells,) pool
    cell_tch: Ints  # (cells,) pool, or -1 for channels without limit
    pool_line: Ints  # (pools,) waiting line, or -1: first come first served
    node_smsc: Ints  # (nodes,) number of the SMSC, or -1
    smsc_node: Ints  # (smscs,)
    smsc_store: Ints  # (smscs,) pool
    smsc_dialogues: Ints  # (smscs,) pool of the classes that have none of their own
    source_dialogues: Ints  # (smscs * sources,) pool
    limit_node: Ints  # (smscs * nodes,) pool of dialogues towards an HLR or MSC, or -1
    limit_population: Ints  # (smscs * populations,) pool of dialogues towards its country, or -1
    smsc_from_memory: Ints  # (smscs,) 1: the first attempt comes before the store
    smsc_store_ns: Ints  # (smscs,) time to write a segment to the store
    smsc_retry_station: Ints  # (smscs,) licence of repeated attempts, or -1: the one of all
    smsc_phones: Ints  # (smscs,) pool with one unit per phone
    receipt_station: Ints  # (smscs,) where it sends receipts, or -1
    retry_policy: Ints  # (smscs * sources,) of the sources in `sources`
    cache_first: Ints  # (smscs,) first row of its routes, or -1
    cache_ns: Ints  # (smscs,) how long it remembers a route
    smsc_alternate: Ints  # (smscs,) number of the SMSC that senders turn to, or -1
    sri_timer_ns: Ints  # (smscs,)
    mt_timer_ns: Ints  # (smscs,)
    hlr_answer_ns: Ints  # (nodes,) time to answer besides the service, of HLRs and charging nodes
    # Retry policies, of SMSCs and then of accounts: delay after each attempt by cause; -1 ends the
    # attempts.
    retry_first: Ints  # (policies * causes,) first row of the delays
    retry_count: Ints  # (policies * causes,) number of rows
    retry_ns: Ints
    first_attempt_ns: Ints  # (policies,) between storing and the first attempt
    # Populations.
    population_size: Ints
    population_first: Ints  # (populations + 1,) number of its first phone among all
    population_digest: Ints
    population_hlr: Ints  # node
    population_on_ns: Ints
    population_off_ns: Ints
    p_detached: Floats
    p_noticed: Floats
    activity_ns: Ints
    periodic_ns: Ints
    p_unknown: Floats
    p_barred: Floats
    p_ported: Floats
    ported_hlr: Ints  # node that is asked first for a ported number
    p_roaming: Floats
    roam_first: Ints  # (populations + 1,) rows of the MSCs that serve its roamers
    roam_end: Floats  # cumulative share
    roam_msc: Ints  # node
    memory_free_ns: Ints  # mean spell in which a phone has memory for another text
    memory_full_ns: Ints  # mean spell in which it has none; 0: it always has
    error_first: Ints  # (populations * places + 1,) errors of attempts, by where they are found
    error_end: Floats  # cumulative share of attempts
    error_cause: Ints
    alert_low_ns: Ints  # until a phone is back that only such an error made absent or full
    alert_high_ns: Ints
    paging_ns: Ints  # mean time to the paging response
    paging_timeout_ns: Ints
    access_ns: Ints  # signalling on the radio channel besides the text
    block_ns: Ints  # time of one block on the radio channel
    block_octets: Ints
    p_sgs: Floats  # access other than GSM: no page, no channel, an answer time
    p_ims: Floats
    sgs_answer_ns: Ints  # mean
    ims_answer_ns: Ints
    population_charging: Ints  # node that charges what its prepaid phones send, or -1
    p_prepaid: Floats
    p_no_credit: Floats  # of the prepaid phones
    charge_timer_ns: Ints  # longest wait for the answer
    charge_is_lenient: Ints  # 1: without an answer the segment goes on
    share_first: Ints  # (populations + 1,) rows of its MSCs
    share_end: Ints  # first phone, counted in the population, beyond each MSC
    share_msc: Ints  # node
    p_status_report: Floats  # messages that ask for status reports
    home_first: Ints  # (populations + 1,) rows of the SMSCs that serve what it sends
    home_end: Floats  # cumulative share
    home_smsc: Ints  # number
    # Sources of traffic: messages, then background.  The background has rows in the columns about
    # arrivals (digest, limit, batch, pieces) and in those that are called after it.
    sources: int  # of messages
    background_kind: Ints  # (background,) CALL or LOCATION_UPDATE
    background_from: Ints  # population whose phones call
    background_p_terminated: Floats
    background_set_up: Ints  # distribution of the time on the SDCCH
    background_talk: Ints  # distribution of the time on the TCH, or -1
    background_p_retrial: Floats
    background_retrial_ns: Ints  # mean delay, exponential
    background_retrials: Ints  # at most
    source_digest: Ints  # (sources + background,)
    source_audience: Ints  # (sources + background,) batches with the same one reach the same phones
    source_from: Ints  # sending population, or -1
    source_account: Ints  # account, or -1
    source_smsc: Ints  # number of the foreign SMSC that has the messages, or -1
    source_to_account: Ints  # (sources,) account that receives its messages, or -1 for phones
    # Replies: message n of a source may be the answer to message n of another source.
    source_answers: Ints  # (sources,) whose messages it answers, or -1
    reply_first: Ints  # (sources + 1,) rows of the sources that answer its messages
    reply_source: Ints
    reply_digest: Ints  # with the same one they share a draw: at most one of them answers
    reply_low: Floats  # answers if the draw is from here
    reply_high: Floats  # to here
    reply_delay: Ints  # distribution of the time from the message to the answer
    reply_deadline_ns: Ints  # (sources,) what comes later is counted late
    reply_is_opt_out: Ints  # (sources,) 1: who answers so wants no more messages
    source_arrivals: Ints  # (sources + background,) see `codes.BY_RATE`
    source_limit: Ints  # (sources + background,) messages at most
    source_first_ns: Ints  # batch: time of the first message
    source_gap_ns: Floats  # time between messages: of a batch; by gaps: on average
    source_validity_ns: Ints  # -1: that of the SMSC
    source_priority: Ints  # 1: sm-RP-PRI
    source_patience_ns: Ints  # the sender waits so long for the answer
    source_p_resend: Floats  # (sources * causes,)
    source_resend_ns: Ints
    source_resends: Ints
    source_gaps: Ints  # (sources,) distribution of the time between messages of a phone, or -1
    source_rest: Ints  # (sources,) of the time until its first one
    source_p_batch: Floats  # (sources + background,) that a message begins a batch; 1: no batches
    source_route: Ints  # (sources,) route in place of those of the population, or -1
    # People who log in with the codes of a source, and of the sources of further codes.
    source_person: Ints  # (sources,) whose code it is, or -1
    source_code: Ints  # (sources,) number of the code, from 0; `login.FALLBACK_CODE`
    person_source: Ints  # source of the first codes
    person_again_first: Ints  # (people + 1,) rows of the sources of further codes, in their order
    person_again: Ints
    person_second: Ints  # source of what the fallback sends, or -1
    person_patience: Ints  # distributions of times
    person_typing: Ints
    person_resend: Ints
    person_call: Ints  # of the call of the fallback, or -1
    person_p_answer: Floats  # of that call
    person_call_micros: Ints  # its price
    person_expires_ns: Ints  # life of a code
    person_fallback_ns: Ints  # from the start of the login, or -1
    # Bursts: a chain of states that follow each other in a ring and multiply the rate.
    burst_first: Ints  # (sources + background + 1,) rows of its states; none: the rate alone
    burst_factor: Floats  # relative to the mean
    burst_ns: Ints  # mean spell, exponential
    # Tables of messages: when, and to whom where it is said; -1: drawn as for others.
    table_first: Ints  # (sources + background + 1,)
    table_ns: Ints  # ascending
    table_population: Ints
    table_phone: Ints  # counted in the population
    table_sender: Ints  # phone, counted in the sending population
    table_text: Ints  # row of the text mix, counted in it
    piece_first: Ints  # (sources + background + 1,) rows of the rate over time
    piece_ns: Ints  # start of each piece
    piece_mass: Ints  # expected messages before it, in millionths
    piece_rate: Floats  # millionths of a message per ns
    to_first: Ints  # (sources + 1,) rows of the recipients' populations
    to_end: Floats  # cumulative share
    to_population: Ints
    text_of: Ints  # (sources,) text mix
    # Text mixes: alias tables over kinds of texts.
    text_first: Ints  # (mixes + 1,)
    text_keep: Floats
    text_alias: Ints
    text_segments: Ints
    text_full_octets: Ints  # TP-UD of every segment but the last
    text_last_octets: Ints
    # Prices of a segment, in millionths of the currency unit.
    price_starts_ns: Ints  # (days,) from when each table holds
    price_micros: Ints  # (days * sources * populations,)
    # ESME accounts.
    account_smsc: Ints  # node
    account_station: Ints
    account_window: Ints  # pool
    account_store: Ints  # pool of its segments in the store, or -1 for no limit
    account_latency_ns: Ints
    account_policy: Ints  # what it does after an error: row of the retry policies
    account_age_ns: Ints  # (accounts * causes,) no resend of a message older than that; or NEVER
    account_pause_ns: Ints  # it sends nothing for so long after it was throttled
    account_receipts: Ints  # bits of `receipt`: which receipts it asks for; 0 for none
    account_receipt_station: Ints  # where it takes receipts and messages, or -1
    account_deliveries: Ints  # (smscs * accounts,) pool of what it has not answered yet, or -1
    # What operators take from accounts: a rate, and messages in a day.
    account_quota: Ints  # (accounts * populations,) row of the limit, or -1
    quota_station: Ints  # where the account keeps to the rate, or -1
    quota_per_day: Ints  # messages, or -1
    quota_waits: Ints  # 1: what is beyond waits, 0: it fails and is charged
    quota_first: Ints  # (limits + 1,) rows of its days
    quota_end_ns: Ints  # of each day
    quota_resume_ns: Ints  # when what waits goes on
    smsc_validity_ns: Ints  # (smscs,)
    # Failures: what goes out of service together, once or again and again.
    failure_digest: Ints
    failure_kind: Ints  # BREAKDOWN, WITHDRAWAL or STORE_LOSS
    failure_at_ns: Ints  # when it begins, if once
    failure_up_ns: Ints  # mean time between outages, exponential; 0: once
    failure_down_ns: Ints  # how long an outage lasts; again and again: on average, exponential
    failure_first: Ints  # (failures + 1,) rows of its elements
    failure_element: Ints
    # Distributions of times: tables as `quantiles` reads them.
    quantile_ns: Ints
    # Outcomes by chance: rows of cumulative shares.
    outcome_first: Ints  # (tables + 1,)
    outcome_end: Floats
    outcome_cause: Ints  # OK for found or delivered
    # Routes: hubs that deliver for us; and foreign networks, which answer after a time.
    route_node: Ints  # (routes,) node whose station is the session
    route_latency_ns: Ints
    route_delay: Ints  # distribution
    route_outcomes: Ints  # table
    route_is_fake: Ints  # 1: its receipts claim everything delivered
    route_price_micros: Ints
    population_route_first: Ints  # (populations + 1,) rows of its routes; none: HLR and MSC
    population_route: Ints
    foreign_hlr_time: Ints  # (nodes,) distribution, or -1 for nodes of our own
    foreign_hlr_outcomes: Ints  # (nodes,) table
    foreign_msc_time: Ints  # (nodes,)
    foreign_msc_outcomes: Ints  # (nodes,)
    receipt_timer_ns: Ints  # (smscs,) for the receipt of a hub
    # The end.
    warm_up_ns: int
    duration_ns: int
    drain_ns: int


class State(NamedTuple):
    """What the rules read and `rules.apply` changes."""

    is_up: list[int]  # (elements + 1,) DOWN, UP or DRAINING; the last one: all outside the network
    moved_ns: list[int]  # (elements,) when the traffic of a failed link or set goes on; -1: none
    set_up: list[int]  # (link_sets,) 1 while MSUs can be sent over it
    free_ns: list[int]  # servers of all stations; per station a heap of when each falls free
    free_first: list[int]  # (stations,) first server of each station
    serving: list[int]  # (stations,) servers that work, where the station has a line
    line_clock: list[int]  # (lines,)
    band_waiting: list[int]  # (bands,) jobs that wait
    band_tag: list[int]  # (bands,) start tag of its next job
    route_first: list[int]  # (nodes * nodes + 1,) link sets to take from a node to a node
    route_set: list[int]
    distance: list[int]  # (nodes,) hops to a node, and nodes to look at: work space of
    frontier: list[int]  # (nodes,) `legs.update_routes`
    # Messages: the record that the segments of one share.
    left: list[int]  # lives: the submission, each mo-ForwardSM and each stored segment
    segments: list[int]
    accepted: list[int]  # bit per segment
    on_handset: list[int]
    reported: list[int]
    whole_ns: list[int]  # when all of it was on the handset, or -1
    over: list[int]  # bit per segment that has left the store
    worst: list[int]  # state that ends the message if nothing is delivered
    session_ns: list[int]  # until when the MSC keeps the channel for the segment that follows
    # Accounts that pause.
    pause_until_ns: list[int]
    paused_ns: list[int]  # all pauses so far, the rest of the present one included
    # What operators have taken from accounts.
    quota_day: list[int]  # row of the day that is counted, or -1
    quota_used: list[int]  # messages on it
    # How far each source has come.
    arrival_mass: list[int]  # expected messages so far by the declared rate, in millionths
    arrival_spell: list[int]  # number of the spell of its bursts
    arrival_until_ns: list[int]  # end of that spell
    # Phones with a flag: an open hash table.
    flag_phone: list[int]  # phone + 1, or 0
    flag_bits: list[int]
    flag_smscs: list[int]  # message waiting data: bit per SMSC
    # Routes that SMSCs remember: a direct-mapped table each.
    cache_phone: list[int]  # phone + 1, or 0
    cache_until_ns: list[int]


class Job:
    """A row of integers: whatever waits."""

    id: int  # content: source, number, segment, copy, dialogue
    kind: Int8
    stage: Int16
    cause: Int8
    answer: int  # what whoever woke it says; at the start, what its parent says
    key: int  # of its draws
    source: Int16
    record: Int32  # message, or -1
    segment: Int8
    attempt: Int32
    dialogues: Int32  # started so far
    population: Int16
    phone: Int32  # counted in the population
    msc: Int16
    smsc: Int8  # number
    sender: Int16  # MSC of the sender, or -1
    text: Int32
    octets: Int16  # TP-UD of this segment
    in_memory: Int8  # 1: of a segment that no store holds yet
    stored: Int8  # times the submission may have been stored
    pending: int  # SMSCs to be alerted; routes that refused; replies considered; codes at hand
    cell: Int32  # whose channel the job holds, or -1
    channel_ns: int  # since when
    tries: Int32  # pages sent for, or channels asked for, this attempt before
    more: Int8  # 1: the mt-ForwardSM announces more messages to send
    paused_ns: int  # of its account, when it queued there
    submit_ns: int
    accepted_ns: int
    attempt_ns: int
    routed_ns: int
    arrived_ns: int


class Command(NamedTuple):
    """What a job wants next and what changes with it."""

    verb: int
    place: int
    target: int
    amount: int
    stage: int
    cause: int
    log: int = 0
    value: int = 0
    change: int = 0
    argument: int = 0


# Ids are content: source, number in that source, and 18 bits for what belongs to the message.
SOURCE_SHIFT = 48
NUMBER_SHIFT = 18
NUMBER_BITS = 30
OF_SOURCE = (1 << SOURCE_SHIFT) - 1  # of an id: all but the row of the source, which is no content
EXTRA_NUMBERS = 1 << 29  # messages that Python code submits are numbered from here


def message_id(source: int, number: int) -> int:
    """Id of a message's submission; its segments and dialogues use the low 18 bits."""
    return source << SOURCE_SHIFT | number << NUMBER_SHIFT | 255 << 10


def number_of(message: int) -> int:
    """Number of a message in its source, from the id of any job of it."""
    return message >> NUMBER_SHIFT & (1 << NUMBER_BITS) - 1


def reply_id(source: int, number: int) -> int:
    """Id of the job that answers: bit 7 tells it from the submission that it begins."""
    return message_id(source, number) | 1 << 7


def login_id(submission: int) -> int:
    """Id of the person behind a login, from that of the submission of its first code."""
    return submission | 1 << 8


def submit_sm_id(job: Job) -> int:
    """Id of the submit_sm of a submission: one more after each that got no answer, 63 at most.

    Bit 6 tells it from the submission, which goes on beside it when nobody answers in time.
    """
    return job.id | 1 << 6 | job.stored


def segment_id(submission: int, segment: int, segments: int, copy: int) -> int:
    """Id of a stored segment: segment in 8 bits, copy in 4, dialogues in 6.

    Copies from the 16th on take numbers of segments that the message, of so many `segments`, lacks.
    """
    own = segment + segments * (copy >> 4) << 10 | (copy & 15) << 6
    return submission >> NUMBER_SHIFT << NUMBER_SHIFT | own


def most_copies(segments: int) -> int:
    """Copies of each segment of a message that ids can tell apart: 16 to 64."""
    return min(64, MOST_SEGMENTS // segments << 4)


def segment_of_dialogue(dialogue: int) -> int:
    """Id of the stored segment that a dialogue belongs to."""
    return dialogue >> 6 << 6


MOST_SEGMENTS = 62  # of a message: bits of the record that says which are on the handset
PHONES = 1023  # stands for the source of jobs that belong to a phone


def phone_id(phone: int) -> int:
    """Id of the job that watches for the return of a phone (counted among all)."""
    return PHONES << SOURCE_SHIFT | phone << 6


ALERTS = 1 << 17  # in the ids of alerts, beyond the numbers of segments and below a submission's

SESSIONS = 1 << 16  # in the ids of sessions, as ALERTS
CHARGES = 1 << 6  # in the id of the charging query of a mo-ForwardSM: a copy that it never has


STATUS_REPORTS = ALERTS | SESSIONS  # in the ids of status reports


def status_report_id(segment: int) -> int:
    """Id of the status report about a stored segment."""
    return segment | STATUS_REPORTS


def dialogue_id(parent: int, number: int) -> int:
    """Id of a dialogue: that of its parent with 6 bits of its number, from 1."""
    return parent >> 6 << 6 | 1 + number % 63
