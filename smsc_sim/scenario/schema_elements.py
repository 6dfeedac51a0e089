"""The network in a scenario: nodes, link sets, populations and accounts; the YAML manual of each.

The docstring under a field is its manual: meaning, unit, default and where the default comes from.
"Judgement" is a choice of this project; "from memory, not found" is believed but has no source.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from smsc_sim.model.network import MOST_PHONES
from smsc_sim.scenario.errors import Refusal
from smsc_sim.scenario.quantities import (
    Count,
    Messages,
    Nanoseconds,
    PerSecond,
    PositiveNanoseconds,
    Share,
    WaitingRoom,
    Weight,
)
from smsc_sim.scenario.schema_base import NAME_PATTERN, Country, Name, Part, Shares, given
from smsc_sim.scenario.schema_limits import Operator, SenderLimits
from smsc_sim.scenario.schema_offnet import Routes
from smsc_sim.scenario.schema_radio import Access, Cells, Radio
from smsc_sim.scenario.schema_stations import DialoguePool, Limits
from smsc_sim.scenario.schema_subscribers import (
    AttemptErrors,
    Memory,
    Ported,
    Reachability,
    Roaming,
)

Service = Literal["constant", "exponential"]


class Timers(Part):
    """How long an SMSC waits for the answer to each operation.

    The operations' timer classes (SRI-SM m, ForwardSM ml) are found in RestComm/jss7@81a54df1,
    map-api.  Nobody waits for the answer to ReportSM-DeliveryStatus here.
    """

    sri_sm: PositiveNanoseconds = given("30 s")
    """Longest wait for the HLR's answer to SRI-SM. Default 30 s: jSS7's medium timer (found:
    RestComm/jss7, MAPStackConfigurationManagement.java)."""

    mt_forward_sm: PositiveNanoseconds = given("60 s")
    """Longest wait for the MSC's answer to mt-ForwardSM. Default 60 s: jSS7's TCAP dialogue
    timeout (found: RestComm/jss7, TCAPStackImpl.java)."""

    receipt: PositiveNanoseconds = given("24 h")
    """Longest wait for the receipt of a route that has accepted a segment; then the segment is
    tried again and may arrive twice. Default 24 h: judgement."""


def _by_class(value: object) -> object:
    if isinstance(value, str):
        return {"default": value}
    if not isinstance(value, dict) or "default" not in value:
        raise Refusal(
            "needs a retry policy, or policies by class",
            "write e.g. {default: typical-operator, otp: quick}",
            show_value=False,
        )
    return value


ClassPolicies = Annotated[
    dict[Name, Name],
    BeforeValidator(_by_class),
    PlainSerializer(lambda value: value["default"] if len(value) == 1 else value),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": NAME_PATTERN},
                {"type": "object", "required": ["default"]},
            ]
        }
    ),
]
"""A retry policy, or one for each class of traffic and a default."""


class Smsc(Part):
    """A short message service centre: stores, routes, attempts and repeats."""

    rate: PerSecond
    """Licensed delivery attempts per second of one unit, e.g. 400 msg/s; no default. Nodes of
    200-1000 per second are typical (found: telcocalc.com/tools/capacity/sms-tps)."""

    units: Annotated[Count, Field(ge=1, le=1000)] = given(1)
    """Parallel units that share the work, a whole number. Default 1."""

    retry_rate: PerSecond | None = None
    """Licensed repeated attempts per second of one unit, where they are sold apart from first
    attempts (found: shareolite.blogspot.com, SMSC chapter 7). Default: `rate` is for both."""

    submit_rate: PerSecond | None = None
    """Submissions taken per second and unit. Default: the same as `rate`."""

    submit_queue: WaitingRoom = given("1 s")
    """Longest queueing before a submission is throttled, or how many may queue, e.g. 200 msg.
    Default 1 s: judgement."""

    service: Service = "constant"
    """How long one attempt or submission keeps a unit busy: always 1 / rate (constant), or an
    exponential time with that mean (exponential). Default constant: a licence is metered evenly
    (judgement)."""

    store: Messages = given("1000000 msg")
    """Segments that the store holds; a full store refuses. Default 1,000,000: the queue limit of
    Kannel (found: pruiz/kannel@cdbcfc12, userguide.xml)."""

    dialogues: Annotated[Count, Field(ge=1)] = given(4000)
    """Operations open at one time, a whole number; held until the answer or the timer. Default
    4000: judgement (400 attempts a second that last 10 s)."""

    priorities: dict[Name, Annotated[Count, Field(ge=1, le=9)]] = Field(default_factory=dict)
    """Priority of each class where segments wait for the licence, a limit or a dialogue, 1 to 9:
    {otp: 1, campaign: 3}; the lower number goes first, an attempt under way is never interrupted.
    A class that is not named has 2. Default: all wait in one line."""

    sharing: Literal["strict", "weighted"] = "strict"
    """Who is next: a class of a lower number before all others (strict), or classes in turn by
    their weights, by start-time fair queueing (weighted). Default strict."""

    weights: dict[Name, Weight] = Field(default_factory=dict)
    """Weight of each class where sharing is weighted: while all wait, they are served in these
    ratios, {otp: 8, campaign: 1}. A class that is not named has 1. Default: none."""

    pools: dict[Name, DialoguePool] = Field(default_factory=dict)
    """Dialogues reserved for a class, {otp: {dialogues: 500}}; the others share the rest.
    Default: none."""

    delivery: Literal["store_first", "first_attempt"] = "store_first"
    """Whether a segment is stored before the sender has its answer (store_first), or tried at once
    from memory and stored only if that fails for a time (first_attempt). Without room it is then
    given up, and a crash loses what is not stored. Default store_first: judgement; first delivery
    attempts are sold apart (found: shareolite.blogspot.com, SMSC chapter 7)."""

    store_time: Nanoseconds = given("0 s")
    """Time to write a segment to the store; a write that has begun is finished. Default 0 s:
    judgement (a millisecond or less)."""

    limits: Limits = Limits()
    """Most dialogues towards one destination."""

    retry: ClassPolicies = given("typical-operator")
    """Retry policy, one of `retry_policies` or a shipped one; or policies by class of traffic,
    {default: typical-operator, otp: quick}. Default: typical-operator."""

    sri_cache: Nanoseconds = given("0 s")
    """How long it remembers where a phone is, so that it need not ask the HLR again; 0 s: it asks
    before every attempt. A route over which a delivery fails is dropped. Default 0 s."""

    validity: PositiveNanoseconds = given("48 h")
    """How long a message is kept that names no validity. Default 48 h: "usually 48 h" (found:
    infobip.com/glossary/retry)."""

    timers: Timers = Timers()
    """How long answers are waited for."""

    receipt_rate: PerSecond | None = None
    """Receipts sent per second to all accounts; others queue. Default: no limit."""

    alternate: Name | None = None
    """Another SMSC, to which phones and accounts resend what this one did not answer or refused
    for congestion (throttled, store full). Default: none; they try the same one again."""


class Hlr(Part):
    """A home location register: knows the serving MSC, keeps flags and waiting lists."""

    rate: PerSecond
    """Operations per second of one unit, e.g. 2000 /s; no default."""

    units: Annotated[Count, Field(ge=1, le=1000)] = given(1)
    """Parallel units that share the work, a whole number. Default 1."""

    answer_time: Nanoseconds = given("20 ms")
    """Time from the end of the work until the answer leaves. Default 20 ms: judgement."""

    queue: WaitingRoom = given("5 s")
    """Longest queueing, or how many may queue, e.g. 200 msg; what finds no room is lost. Default
    5 s: judgement."""

    service: Service = "constant"
    """Work on one operation: always 1 / rate (constant), or an exponential time with that mean
    (exponential). Default constant: judgement."""


class Relay(Part):
    """What works on MSUs on their way."""

    units: Annotated[Count, Field(ge=1, le=1000)] = given(1)
    """Parallel units that share the work, a whole number. Default 1."""

    queue: WaitingRoom = given("1 s")
    """Longest queueing, or how many may queue, e.g. 200 msg; an MSU that finds no room is lost.
    Default 1 s: judgement."""

    service: Service = "constant"
    """Work on one MSU: always 1 / rate (constant), or an exponential time with that mean
    (exponential). Default constant: judgement."""


class Stp(Relay):
    """A signal transfer point: relays MSUs between link sets."""

    rate: PerSecond = given("4000 msg/s")
    """MSUs relayed per second of one unit. Default 4000: one IPGW or IPLIM card of an EAGLE
    (found: docs.oracle.com/cd/E93309_01, IP7)."""


class Firewall(Relay):
    """An SMS firewall: every mo-ForwardSM and mt-ForwardSM passes it before it goes on.

    Where there are several the SLS chooses one of those that work; where none works the MSU is
    lost.
    """

    rate: PerSecond = given("2000 msg/s")
    """MSUs inspected per second of one unit. Default 2000: judgement."""


class AddressChecker(Relay):
    """A node that checks every SRI-SM before an HLR sees it, such as a signalling firewall.

    Where there are several the SLS chooses one of those that work; where none works the MSU is
    lost.
    """

    rate: PerSecond = given("2000 /s")
    """MSUs checked per second of one unit. Default 2000: judgement."""


class Msc(Part):
    """A mobile switching centre: serves the phones of its area."""

    rate: PerSecond = given("500 msg/s")
    """Short-message operations per second of one unit. Default 500: judgement."""

    units: Annotated[Count, Field(ge=1, le=1000)] = given(1)
    """Parallel units that share the work, a whole number. Default 1."""

    queue: WaitingRoom = given("5 s")
    """Longest queueing, or how many may queue, e.g. 200 msg; what finds no room is refused.
    Default 5 s: judgement."""

    service: Service = "constant"
    """Work on one operation: always 1 / rate (constant), or an exponential time with that mean
    (exponential). Default constant: judgement."""

    cells: Cells | None = None
    """Location areas and cells, whose channels and pages are limited. Default: none, and channels
    and pages without limit."""


class Population(Part):
    """Phones that behave alike."""

    size: Annotated[Count, Field(ge=1, le=MOST_PHONES)]
    """Number of phones, a whole number; no default."""

    country: Country
    """Country of the numbers, e.g. FI: prices and results are told apart by it; no default."""

    operator: Operator | None = None
    """Operator of the phones, e.g. T-Mobile, by which limits of accounts are told apart. Default:
    none."""

    hlr: Name | None = None
    """HLR that holds the numbers. Default: the only HLR of the scenario."""

    mscs: Shares | None = None
    """Serving MSCs with shares of the phones, {helsinki: 60 %, turku: 40 %}, or one name.
    Default: all MSCs in equal shares."""

    route: Routes | None = None
    """Routes to phones of another network, in place of HLR and MSCs: [hub, spare] are tried in
    this order until one takes the segment. Default: none."""

    network: Name | None = None
    """Foreign network that the phones belong to, in place of HLR and MSCs. Default: none."""

    smscs: Shares | None = None
    """SMSCs that take what the phones send, with shares of the phones, or one name. Default: all
    SMSCs in equal shares."""

    status_reports: Share = given("0 %")
    """Share of the messages written here whose senders ask for status reports (TP-SRR): one
    SMS-STATUS-REPORT to the phone for each segment that ends. Default 0 %; 27 % of the messages of
    a New Year's Eve were such reports (found: mobileweb.wordpress.com/2008/01/02)."""

    reachability: Reachability = Reachability()
    """When the phones are reachable."""

    barred: Share = given("0 %")
    """Share of the phones that are barred from receiving: the HLR answers call barred. Default
    0 %."""

    ported: Ported | None = None
    """Ported numbers, {share: 5 %}: one more query before each attempt. Default: none."""

    roaming: Roaming | None = None
    """Roaming phones, {share: 3 %, mscs: visited}. Default: none."""

    memory: Memory = Memory()
    """When the phones have no memory for another text."""

    unknown: Share = given("0.5 %")
    """Share of the numbers that exist no more: attempts end with unknown subscriber. Default
    0.5 %: judgement."""

    errors: AttemptErrors = AttemptErrors()
    """Temporary errors at reachable phones."""

    radio: Radio = Radio()
    """The radio side of what the phones send and receive."""

    access: Access = given({"gsm": "100 %"})
    """How the phones reach their MSC, in shares: {gsm: 70 %, sgs: 25 %, ims: 5 %}. Default: all
    by GSM."""

    prepaid: Share = given("0 %")
    """Share of the phones that pay beforehand: for each segment that they send the MSC asks
    `charging` first. Default 0 %."""

    charging: Name | None = None
    """Charging node that is asked. Default: the only one of the scenario."""

    @property
    def is_foreign(self) -> bool:
        """Whether the phones belong to another network."""
        return self.route is not None or self.network is not None

    def limit_key(self, limits: SenderLimits) -> str | None:
        """Operator or country under which limits of an account name the phones, or None."""
        return next((key for key in (self.operator, self.country) if key in limits), None)
