"""The words of the rule book as integers: verbs, signals, kinds, stages, causes, log codes, ranks.

Every other module imports them from here.  The numbers are part of the event log: changing
one changes logs and needs a new `SEMANTICS_VERSION`.
"""

from smsc_sim.model.causes import CAUSES

SEMANTICS_VERSION = 5

NOTHING = 0
NOBODY = -1
NEVER = 1 << 62  # a time that does not come, ns

# Verbs: what a job may ask an engine for.
#   HOLD     wait `amount` ns
#   SERVE    queue first in, first out at station `place` and be served `amount` ns
#   SEND     walk the leg from node `place` to node `target` with MSU code `amount`
#   SEIZE    take a unit of pool `place` (of key `target`), waiting until `amount` at most
#   RELEASE  give the unit back; `amount` is since when a channel was held, ns
#   PARK     wait in `place` under the key `target` until woken, until `amount` at most
#   WAKE     wake all that wait in `place` under the key `target`, with the answer `amount`;
#            the signal is WOKEN if there was anybody
#   SPAWN    start a job of kind `place` for node `target`, with the answer `amount`
#   END      the job is over
#   SUBMIT   let message `target` of source `place` begin, at most one between two waits
VERB_NAMES = (
    *("hold", "serve", "send", "seize", "release", "park", "wake", "spawn", "end"),
    "submit",
)
HOLD, SERVE, SEND, SEIZE, RELEASE, PARK, WAKE, SPAWN, END, SUBMIT = range(len(VERB_NAMES))

# Signals: what an engine may report back.
#   DONE     the wait ended as asked        REFUSED  no room, or the element is down
#   DROPPED  the element failed meanwhile   TIMER    patience ran out
#   WOKEN    somebody woke the job          LOST     the MSU found no way
#   WIPED    the store that held the job was lost
SIGNAL_NAMES = ("done", "refused", "dropped", "timer", "woken", "lost", "wiped")
DONE, REFUSED, DROPPED, TIMER, WOKEN, LOST, WIPED = range(len(SIGNAL_NAMES))

# What an element may be: DRAINING finishes what it has begun and takes nothing new.
DOWN, UP, DRAINING = range(3)

# What happens to elements: three ways to go out of service, and the way back.
OUTAGE_NAMES = ("breakdown", "withdrawal", "store_loss", "repair")
BREAKDOWN, WITHDRAWAL, STORE_LOSS, REPAIR = range(len(OUTAGE_NAMES))

# Spaces to park in; the key is a job id, a phone at an SMSC, an element, or a phone.
SPACE_NAMES = (
    *("answer", "retry_wait", "element_up", "open_session", "hub_receipt", "watched"),
    "code_in",
)
(ANSWER, RETRY_WAIT, ELEMENT_UP, OPEN_SESSION, HUB_RECEIPT, WATCHED,
 CODE_IN) = range(len(SPACE_NAMES))  # fmt: skip

# Access of a phone.
ACCESS_NAMES = ("gsm", "sgs", "ims")
GSM, SGS, IMS = range(len(ACCESS_NAMES))

# Kinds of jobs.
KIND_NAMES = (
    "submission",
    "mo_forward_sm",
    "segment",
    "sri_sm",
    "mt_forward_sm",
    "report_sm_delivery_status",
    "ready_for_sm",
    "alert_sc",
    "receipt",
    "session",
    "call",
    "location_update",
    "submit_sm",
    "hub_submission",
    "status_report",
    "charge",
    "reply",
    "deliver_sm",
    "login",
)
(
    SUBMISSION,
    MO_DIALOGUE,
    SEGMENT,
    SRI_DIALOGUE,
    MT_DIALOGUE,
    REPORT_DIALOGUE,
    PHONE_RETURN,
    ALERT_DIALOGUE,
    RECEIPT,
    SESSION,
    CALL,
    LOCATION_UPDATE,
    ESME_DIALOGUE,
    HUB_SUBMISSION,
    STATUS_REPORT,
    CHARGE_DIALOGUE,
    REPLY,
    DELIVER_DIALOGUE,
    LOGIN,
) = range(len(KIND_NAMES))

# What goes on when a message has ended: receipts, and who logs in; a run waits for its cohort's.
TELLING_KINDS = (RECEIPT, STATUS_REPORT, LOGIN)

# Stages of each kind: what the job was doing when it is resumed.  0 is the start of every kind.
START = 0
SUBMIT_RADIO, SUBMIT_SENT, SUBMIT_ANSWERED, SUBMIT_PAUSED = range(1, 5)
ESME_PACED, ESME_WINDOW, ESME_SENT, ESME_RESPONDED, ESME_RELEASED, ESME_PAUSED = range(5, 11)
SM_ARRIVED, SM_ADMITTED, SM_STORED, SM_ACCEPTED, SM_RETURNED, SM_WOKEN = range(1, 7)
MO_AT_MSC, MO_AT_SMSC, MO_ADMITTED, MO_STORED, MO_ACCEPTED, MO_RETURNED, MO_WOKEN = range(1, 8)
(LOCKED, LICENSED, DIALOGUE_OPEN, SRI_SENT, SRI_ANSWERED, MT_SENT, MT_ANSWERED, REPORTED, CLOSED,
 UNLOCKED, OTHERS_WOKEN, RETRY_DUE, RESTARTED) = range(1, 14)  # fmt: skip
OVER, FORGOTTEN = 20, 30  # plus the state in which the segment ends
COUNTRY_FREE, HLR_FREE, HLR_DROPPED, COUNTRY_DROPPED = range(50, 54)  # of a segment
HLR_LEFT, MSC_TRIED, MSC_QUEUED, MSC_FREE, MSC_DIALOGUE, MSC_LEFT = range(54, 60)
COUNTRY_LEFT = 60
SHARE_LEFT = 70  # plus the state in which the segment ends
SHARE_TAKEN, SHARE_REFUSED, WRITTEN = range(40, 43)
MEMORY_STORING = 61
SRI_AT_HLR, SRI_SERVED, SRI_LOOKED_UP, SRI_RETURNED, SRI_WOKEN, SRI_FLAGGED = range(1, 7)
SRI_AT_OLD, SRI_OLD_SERVED, SRI_REFERRED, SRI_REDIRECTED = range(7, 11)  # a ported number
MT_AT_MSC, MT_SERVED, MT_FAILED, MT_ON_RADIO, MT_RETURNED, MT_WOKEN = range(1, 7)
REPORT_AT_HLR, REPORT_SERVED, REPORT_SPREAD, REPORT_RETURNED = range(1, 5)
RETURN_NOTICED, READY_AT_HLR, READY_SERVED, READY_SPREAD, READY_RETURNED = range(1, 6)
ALERT_AT_SMSC, ALERT_WOKEN, ALERT_RETURNED = range(1, 4)
RECEIPT_ARRIVED, RECEIPT_SENT, RECEIPT_KEPT, RECEIPT_TAKEN = range(1, 5)
(STATUS_LICENSED, STATUS_SRI_SENT, STATUS_ROUTED, STATUS_SENT, STATUS_ANSWERED) = range(1, 6)
SUBMIT_CHANNEL, SUBMIT_FREED, SUBMIT_SEEN, SUBMIT_BEGUN = range(14, 18)
SESSION_ROUTED = 14
(MT_SESSION, MT_PAGED, MT_UNANSWERED, MT_RESPONDED, MT_CHANNEL,
 MT_OFF_AIR) = range(7, 13)  # fmt: skip
MO_OPENED, MO_CONTINUED = range(13, 15)
MT_OPENED, MT_CONTINUED, MT_READ, MT_TOLD = range(13, 17)
SESSION_WAITS, SESSION_CLOSED = range(1, 3)
(CALL_TRIED, CALL_PAGED, CALL_AGAIN, CALL_GRANTED, CALL_SET_UP, CALL_HANDED_OVER, CALL_CONNECTED,
 CALL_TALKED, CALL_HUNG_UP) = range(1, 10)  # fmt: skip
INCOMING_NEXT, INCOMING_STORED, INCOMING_ACCEPTED = range(50, 53)  # of a submission
HUB_SENT, HUB_ANSWERED, HUB_CLOSED, HUB_UNLOCKED, HUB_WAITED = range(40, 45)  # of a segment
COUNTRY_LEFT_AT_HUB = 45
(HUB_CHOSEN, HUB_PACED, HUB_ACCEPTED, HUB_RESPONDED, HUB_UNDER_WAY, HUB_DONE, HUB_REPORTING,
 HUB_RECEIPT_IN, HUB_REFUSED, HUB_OVER, HUB_READ, HUB_TOLD) = range(1, 13)  # fmt: skip
MO_CHARGING, MO_CHARGED, MO_UNPAID, MO_PAID = range(8, 12)
REPLY_DUE, REPLY_SENT = range(1, 3)
TO_LICENSED, TO_WINDOW, TO_SENT, TO_ANSWERED = range(80, 84)  # of a segment for an account
(DELIVER_PACED, DELIVER_ARRIVED, DELIVER_TAKEN, DELIVER_READ, DELIVER_ANSWERED, DELIVER_RETURNED,
 DELIVER_WOKEN) = range(1, 8)  # fmt: skip
CHARGE_AT_NODE, CHARGE_SERVED, CHARGE_DECIDED, CHARGE_RETURNED, CHARGE_WOKEN = range(1, 6)
LOGIN_WAITS, LOGIN_RESUMED, LOGIN_LOOKS = range(1, 4)
ESME_LIMITED, ESME_COUNTED = range(90, 92)  # of a submission

# Why an attempt or a submission failed; rows of the retry table, described in `causes`.
CAUSE_NAMES = tuple(cause.name for cause in CAUSES)
(
    OK,
    UNKNOWN_SUBSCRIBER,
    ABSENT_SUBSCRIBER,
    SUBSCRIBER_BUSY,
    SYSTEM_FAILURE,
    CONGESTION,
    TIMEOUT,
    THROTTLED,
    STORE_FULL,
    CALL_BARRED,
    TELESERVICE_NOT_PROVISIONED,
    ILLEGAL_SUBSCRIBER,
    ILLEGAL_EQUIPMENT,
    FACILITY_NOT_SUPPORTED,
    MEMORY_CAPACITY_EXCEEDED,
    EQUIPMENT_PROTOCOL_ERROR,
    EQUIPMENT_NOT_SM_EQUIPPED,
    UNIDENTIFIED_SUBSCRIBER,
    DATA_MISSING,
    UNEXPECTED_DATA_VALUE,
    WAITING_LIST_FULL,
    NOT_PAID,
    NO_CHANNEL,
    ROUTE_FAILED,
    INVALID_SME_ADDRESS,
) = range(len(CAUSE_NAMES))

# How a segment or a message ends.
STATE_NAMES = ("open", "delivered", "partial", "expired", "undeliverable", "rejected", "lost")
OPEN, DELIVERED, PARTIAL, EXPIRED, UNDELIVERABLE, REJECTED, LOST_BY_STORE = range(len(STATE_NAMES))

# Rows of the event log: (time ns, code, id, place, value, other, submitted ns).  Unless said
# otherwise the place of a row about a message is the recipient's population and `other` is the
# SMSC's number.  The last word is when the message of the job was first submitted, or the call
# first tried; -1 of rows about phones that come back, alerts to them, and no job.
LOG_WORDS = 7
TIME, CODE, ID, PLACE, VALUE, OTHER, SUBMITTED_AT = range(LOG_WORDS)  # columns of the log
LOG_NAMES = (
    "nothing",
    "submit",  # value: segments
    "message_end",  # value: ns from submission to whole on the handset, or -1; other: state
    "segment_end",  # value: state; other: cause of the last failure
    "segment_copy",  # stored a second time
    "accepted",  # value: ns since first submission
    "refused",  # value: cause
    "resend",  # value: number of the resend
    "attempt",  # value: number of the attempt, from 1
    "failed",  # value: cause
    "handset",  # value: ns since first submission
    "duplicate",  # on the handset a second time; value: ns since first submission
    "split",  # place: part of the latency; value: ns
    "reported",  # the sender has all receipts; value: ns since first submission
    "late",  # an answer nobody waits for any more; place: kind of job
    "flagged",  # value: flags set
    "alert",  # value: jobs woken
    "repeat",  # to be repeated after a restart
    # Written on arrival, or at the start of service where the station has a line.
    "visit",  # place: station (of a link: one MSU); value: wait ns; other: service ns
    "cut",  # place: station; value: wait ns not waited; other: service ns not given
    "station_refused",  # place: station; other: service ns asked for
    "msu_lost",  # place: node; value: operation; other: reason
    "taken",  # place: pool; value: units taken now; other: jobs waiting now
    "down",  # place: element; value: 1 if it drains
    "up",  # place: element
    "held",  # a channel was given back, or the run stopped; place: pool; value: ns; other: kind
    "blocked",  # no channel was free; place: pool; value: kind of job
    "waiting",  # place: station with a line; value: jobs that wait now
    "call",  # place: MSC; value: row of CALL_EVENTS; other: ns since it was first tried
    "routed",  # a hub has accepted a segment; value: route
    "false_receipt",  # a hub claims a segment delivered that is not; value: cause
    "receipt",  # to an account that does not ask for all of every segment; value: state it tells
    "status_report",  # place: the sender's population; value: cause, 0 on the phone
    "charge",  # a charging query
    "charged",  # it was answered; value: ns since the query
    "uncharged",  # it was not answered in time; value: 1 if the segment goes on all the same
    "forgotten",  # no job that may change a message is left; value: its segments
    "reply",  # an answer begins; value: ns since the message that it answers was first submitted
    "login",  # value: row of LOGIN_EVENTS; other: ns since the login began
    "capped",  # beyond what an operator takes in a day; value: segments charged all the same
)
(
    _,
    LOG_SUBMIT,
    LOG_MESSAGE_END,
    LOG_SEGMENT_END,
    LOG_COPY,
    LOG_ACCEPTED,
    LOG_REFUSED,
    LOG_RESEND,
    LOG_ATTEMPT,
    LOG_FAILED,
    LOG_HANDSET,
    LOG_DUPLICATE,
    LOG_SPLIT,
    LOG_REPORTED,
    LOG_LATE,
    LOG_FLAGGED,
    LOG_ALERT,
    LOG_REPEAT,
    LOG_VISIT,
    LOG_CUT,
    LOG_STATION_REFUSED,
    LOG_MSU_LOST,
    LOG_TAKEN,
    LOG_DOWN,
    LOG_UP,
    LOG_HELD,
    LOG_BLOCKED,
    LOG_WAITING,
    LOG_CALL,
    LOG_ROUTED,
    LOG_FALSE_RECEIPT,
    LOG_RECEIPT,
    LOG_STATUS_REPORT,
    LOG_CHARGE,
    LOG_CHARGED,
    LOG_UNCHARGED,
    LOG_FORGOTTEN,
    LOG_REPLY,
    LOG_LOGIN,
    LOG_CAPPED,
) = range(len(LOG_NAMES))

# Why an MSU was lost: `other` of the rows "msu_lost".  Without a way: nothing that is up leads on,
# or the node where it is, or arrives, is down.
LOSS_NAMES = ("no_way", "buffer_full", "congestion", "relay_full")
NO_WAY, BUFFER_FULL, DISCARDED, RELAY_FULL = range(len(LOSS_NAMES))

# What befalls a call or a location update: first tried, tried again, and one of the five ends.
CALL_EVENTS = (
    "tried",
    "again",
    "carried",
    "blocked_sdcch",
    "blocked_tch",
    "page_lost",
    "no_service",
)
(
    CALL_IS_TRIED,
    CALL_IS_RETRIED,
    CALL_CARRIED,
    CALL_BLOCKED_SDCCH,
    CALL_BLOCKED_TCH,
    CALL_PAGE_LOST,
    CALL_NO_SERVICE,
) = range(len(CALL_EVENTS))

# What befalls a login: codes sent beside the first one, calls, codes refused, and its ends.
LOGIN_EVENTS = (
    "started",
    "code_asked",
    "second_route",
    "call_answered",
    "call_unanswered",
    "typed_outdated",
    "typed_expired",
    "completed",
    "completed_by_second_route",
    "completed_by_call",
    "given_up",
)
(
    LOGIN_STARTED,
    LOGIN_CODE_ASKED,
    LOGIN_SECOND_ROUTE,
    LOGIN_CALL_ANSWERED,
    LOGIN_CALL_UNANSWERED,
    LOGIN_TYPED_OUTDATED,
    LOGIN_TYPED_EXPIRED,
    LOGIN_COMPLETED,
    LOGIN_BY_SECOND_ROUTE,
    LOGIN_BY_CALL,
    LOGIN_GIVEN_UP,
) = range(len(LOGIN_EVENTS))
LOGIN_ENDS = (LOGIN_COMPLETED, LOGIN_BY_SECOND_ROUTE, LOGIN_BY_CALL, LOGIN_GIVEN_UP)

# Parts of the latency, in order.
SPLIT_NAMES = ("submission", "store_wait", "routing", "links", "radio")
SPLIT_SUBMISSION, SPLIT_STORE_WAIT, SPLIT_ROUTING, SPLIT_LINKS, SPLIT_RADIO = range(5)

# Changes a command makes besides `stage` and `cause`; applied by `rules.apply`.
(
    NO_CHANGE,
    NEXT_SEGMENT,  # the submission goes on to its next segment
    NEXT_TRY,  # the submission tries the segment again; value: bits MAYBE_STORED, ELSEWHERE
    ACCEPTED,  # the store has taken the segment
    NEXT_ATTEMPT,  # an attempt begins
    ROUTE_KNOWN,  # SRI-SM was answered; value 1: more messages to send
    AT_MSC,  # the request has reached the MSC
    ON_HANDSET,  # the handset has the segment
    FLAG_ABSENT,  # the HLR sets MNRF, remembers the SMSC and awaits the phone's return
    LIST_SMSC,  # the HLR remembers the SMSC
    CLEAR_FLAGS,  # the HLR clears flags and waiting list
    RETURN_DONE,  # nobody watches for the phone's return any longer
    SPREAD_ONE,  # one SMSC of the list was alerted
    SEGMENT_OVER,  # the store forgets the segment; value: state
    SUBMISSION_OVER,  # the sender, or its mo-ForwardSM, is done with the message
    RECEIPT_IN,  # the sender has a receipt; value: state
    MO_BEGUN,  # a mo-ForwardSM or submit_sm is on its way and may still be stored
    CHANNEL_TAKEN,  # the job holds a channel from now on; value: cell
    CHANNEL_FREE,  # the job holds no channel any more
    TRIED,  # value: pages sent or channels asked for so far
    SESSION_KEPT,  # the MSC keeps the channel for what follows; value: ns
    JOIN_ACCOUNT,  # the submission queues at its account, and knows how long that has paused
    PAUSE_ACCOUNT,  # the account sends nothing for a while; value: ns
    HUB_BEGUN,  # a hub may still deliver the segment
    NEXT_ROUTE,  # the hub before has refused the segment
    FLAG_FULL,  # the HLR sets MCEF, remembers the SMSC and awaits that the phone has memory
    CLEAR_ABSENT,  # the HLR clears MNRF alone
    MESSAGE_TOLD,  # the sender has the one receipt of a message; value: state
    DROP_ROUTE,  # the SMSC forgets where the phone is
    IN_STORE,  # the store takes a segment whose first attempt was made from memory
    REPLIES_SEEN,  # value: replies that were considered so far
    AT_ACCOUNT,  # the deliver_sm has reached the application
    CODE_SEEN,  # a code is at hand; value: its number
    CODE_HEARD,  # a call has read one out; value: its number
    FALLBACK_BEGUN,  # value: what is to come of it
    TYPES,  # a code is being typed in; value: when that is done, ns, and its number
    TYPED,  # it was refused
    ASKED,  # another code was asked for; value: when, ns
    COUNTED_TODAY,  # one more message to an operator; value: row of the day
) = range(39)

# Bits of the value of NEXT_TRY.
MAYBE_STORED = 1  # nobody answered: the store may have the segment
ELSEWHERE = 2  # the alternate SMSC is tried

# What random numbers are for.
(
    FOR_GAP,
    FOR_SENDER,
    FOR_POPULATION,
    FOR_RECIPIENT,
    FOR_TEXT,
    FOR_SPELL,
    FOR_DETACHED,
    FOR_UNKNOWN,
    FOR_ERROR,
    FOR_PAGING,
    FOR_SLS,
    FOR_RESEND,
    FOR_RESEND_DELAY,
    FOR_NOTICED,
    FOR_ACTIVITY,
    FOR_PERIODIC,
    FOR_SMSC,
    FOR_AUDIENCE,
    FOR_CELL,
    FOR_SERVICE,
    FOR_ACCESS,
    FOR_ANSWER_TIME,
    FOR_TERMINATED,
    FOR_SET_UP,
    FOR_CONVERSATION,
    FOR_RETRIAL,
    FOR_RETRIAL_DELAY,
    FOR_OUTAGE,
    FOR_HUB_OUTCOME,
    FOR_HUB_DELAY,
    FOR_FOREIGN_HLR,
    FOR_FOREIGN_HLR_TIME,
    FOR_FOREIGN_MSC,
    FOR_FOREIGN_MSC_TIME,
    FOR_HLR_ERROR,
    FOR_ALERT_AFTER,
    FOR_BARRED,
    FOR_MEMORY,
    FOR_PORTED,
    FOR_ROAMING,
    FOR_STATUS_REPORT,
    FOR_PREPAID,
    FOR_CREDIT,
    FOR_BATCH,
    FOR_BURST,
    FOR_REPLY,
    FOR_REPLY_DELAY,
    FOR_PATIENCE,
    FOR_TYPING,
    FOR_ASKING,
    FOR_CALL,
    FOR_CALL_ANSWER,
) = range(52)

# How the messages of a source come; BY_LOGIN: people ask for them; BY_GAPS: each phone writes again
# and again.
BY_RATE, BY_BATCH, BY_TABLE, BY_REPLY, BY_LOGIN, BY_GAPS = range(6)

# Order of events at one instant: what falls free first, then failures, then what was waited for.
RANK_NOW = 0  # jobs started or woken at this instant, in the order in which the rules did it
RANK_DOWN, RANK_UP, RANK_DONE, RANK_TIMER, RANK_SUBMIT = range(1, 6)
RANK_SHIFT = 58
