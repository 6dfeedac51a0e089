"""The way of one message in words: one row per MAP operation, wait and decision, in time order."""

from __future__ import annotations

from typing import Any

import pandas as pd

from smsc_sim.engines.trace import NO_SIGNAL, Path, Wait
from smsc_sim.model import codes
from smsc_sim.model.codes import CODE, ID, PLACE, TIME
from smsc_sim.model.legs import octets_on
from smsc_sim.model.names import Names
from smsc_sim.model.network import PHONES, SOURCE_SHIFT, Job, Network
from smsc_sim.model.operations import OPERATION_NAMES
from smsc_sim.scenario.nodes import NODE_KINDS

COLUMNS = ("at_s", "took_s", "part", "from", "to", "what", "octets", "way", "outcome")

PHONE, SENDER = "recipient", "sender"
SMSC, MSC, SENDER_MSC = -2, -3, -4  # who takes part in a wait: its SMSC and MSCs
HERE = (
    (codes.SUBMISSION, SENDER),
    (codes.MO_DIALOGUE, SENDER_MSC),
    (codes.ESME_DIALOGUE, SMSC),
    (codes.SEGMENT, SMSC),
    (codes.MT_DIALOGUE, MSC),
    (codes.PHONE_RETURN, PHONE),
    (codes.RECEIPT, SMSC),
)
"""Where the jobs of each kind are when they wait or note something."""

EXCHANGES: dict[tuple[int, int], tuple[Any, Any, str]] = {
    (codes.SUBMISSION, codes.SUBMIT_RADIO): (SENDER, SENDER_MSC, "radio: SMS-SUBMIT"),
    (codes.ESME_DIALOGUE, codes.SM_ARRIVED): (SENDER, SMSC, "submit_sm"),
    (codes.ESME_DIALOGUE, codes.SM_RETURNED): (SMSC, SENDER, "submit_sm_resp"),
    (codes.MT_DIALOGUE, codes.MT_ON_RADIO): (MSC, PHONE, "radio: SMS-DELIVER"),
    (codes.RECEIPT, codes.RECEIPT_ARRIVED): (SMSC, SENDER, "deliver_sm: receipt"),
}
"""Holds that stand for a message between two parties: by kind of job and the stage that follows."""

WAITS: dict[tuple[int, int], str] = {
    (codes.SUBMISSION, codes.SUBMIT_PAUSED): "waits before the resend",
    (codes.SUBMISSION, codes.ESME_PAUSED): "waits before the resend",
    (codes.SUBMISSION, codes.ESME_PACED): "waits while the account pauses",
    (codes.SEGMENT, codes.RETRY_DUE): "waits for the next attempt",
    (codes.SEGMENT, codes.RESTARTED): "waits for the restart",
    (codes.SEGMENT, codes.LOCKED): "waits for the phone's turn",
    (codes.SEGMENT, codes.DIALOGUE_OPEN): "waits for a dialogue",
    (codes.SRI_DIALOGUE, codes.SRI_LOOKED_UP): "looks the subscriber up",
    (codes.MT_DIALOGUE, codes.MT_FAILED): "pages in vain",
    (codes.PHONE_RETURN, codes.RETURN_NOTICED): "is away, or back unnoticed",
}
"""What other waits are for."""

OPERATIONS = {
    "mo_forward_sm": "mo-ForwardSM",
    "mt_forward_sm": "mt-ForwardSM",
    "sri_sm": "SRI-SM",
    "report_sm_delivery_status": "ReportSM-DeliveryStatus",
    "alert_sc": "AlertSC",
    "ready_for_sm": "ReadyForSM",
}
"""Names of the operations as 3GPP TS 29.002 writes them, or short for those."""

ON_THE_WAY = ("stp", "link_set", *(row.kind for row in NODE_KINDS if row.passes))
"""Kinds of elements that relay an MSU."""

CAUSE_VALUED = (codes.LOG_REFUSED, codes.LOG_FAILED)
SILENT = (codes.LOG_HANDSET,)  # the radio exchange before says it


def ladder(network: Network, names: Names, path: Path) -> pd.DataFrame:
    """Rows of a message's way.

    Returns
    -------
    DataFrame
        `at_s` (float, seconds from the start of the scenario), `took_s` (float), `part` (from 1;
        0 in a message of one segment), `from` and `to` (names; equal for what happens at one
        place), `what`, `octets` (int, 0 for no MSU), `way`
        (elements that relayed it, in order) and `outcome` ("", or what went wrong).
    """
    rows: list[dict[str, Any]] = []
    if path.submission is not None:
        words = _Words(network, names, path)
        for wait in path.waits:
            rows += words.rows(wait)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def operation_words(name: str) -> str:
    """Name of an operation, and which part of its dialogue an MSU is.

    Examples
    --------
    >>> operation_words("mt_forward_sm_result"), operation_words("map_error")
    ('mt-ForwardSM result', 'MAP error')
    """
    for operation, words in OPERATIONS.items():
        if name == operation or name.startswith(operation + "_"):
            return words + name.removeprefix(operation).replace("_", " ")
    return name.replace("_", " ").replace("map ", "MAP ")


def submitted_words(network: Network, names: Names, submission: Job) -> str:
    """Who wrote how much to whom, and when."""
    segments = network.text_segments[submission.text]
    source = submission.source
    return (
        f"{segments} segment{'s' * (segments != 1)} from '{names.sources[source]}' to a phone of "
        f"'{names.populations[submission.population]}', "
        f"submitted {submission.submit_ns / 1e9:,.3f} s after the start"
    )


class _Words:
    """Names for what one path holds."""

    def __init__(self, network: Network, names: Names, path: Path) -> None:
        assert path.submission is not None
        self.network, self.names, self.log = network, names, path.log
        self.submission: Job = path.submission
        self.at_home = dict(HERE)
        self.hlr = network.population_hlr[self.submission.population]

    def rows(self, wait: Wait) -> list[dict[str, Any]]:
        """Rows of one command: its note, if any, and what it waited for, if long enough."""
        rows = []
        command = wait.command
        if command.log not in (codes.NOTHING, *SILENT):
            place, what = self._note(wait)
            rows.append(self._row(wait, place, place, what, took_ns=0))
        if command.verb == codes.SEND:
            rows.append(self._sent(wait))
        elif wait.signal != NO_SIGNAL and wait.end_ns > wait.start_ns:
            rows += self._waited(wait)
        return rows

    def _row(
        self, wait: Wait, from_: str, to: str, what: str, outcome: str = "", **other: Any
    ) -> dict[str, Any]:
        is_one_of_many = self.network.text_segments[self.submission.text] > 1
        is_of_phone = wait.job >> SOURCE_SHIFT == PHONES
        took_ns = other.get("took_ns", wait.end_ns - wait.start_ns)
        part = wait.segment + 1 if is_one_of_many and not is_of_phone else 0
        values = (wait.start_ns / 1e9, took_ns / 1e9, part, from_, to, what)
        rest = (other.get("octets", 0), other.get("way", ""), outcome)
        return dict(zip(COLUMNS, (*values, *rest), strict=True))

    def _party(self, party: Any, wait: Wait) -> str:
        """Name of a party: an element, the sender or the recipient."""
        if party == SMSC:
            return self.names.smscs[wait.smsc]
        if party == SENDER_MSC:
            return self.names.elements[wait.sender] if wait.sender >= 0 else SENDER
        if party == MSC:
            return self.names.elements[wait.msc]
        if isinstance(party, int):
            return self.names.elements[party]
        return str(party)

    def _place(self, wait: Wait) -> str:
        return self._party(self.at_home.get(wait.kind, self.hlr), wait)

    def _note(self, wait: Wait) -> tuple[str, str]:
        """Where something was noted, and what."""
        command, place = wait.command, self._place(wait)
        log, value = command.log, command.value
        if log in (codes.LOG_ACCEPTED, codes.LOG_REFUSED, codes.LOG_ALERT):
            place = self._party(SMSC, wait)
        if log == codes.LOG_FLAGGED:
            words = "sets a flag, lists the SMSC" if value else "clears the flags"
            return self._party(self.hlr, wait), words
        what = codes.LOG_NAMES[log].replace("_", " ")
        if log in CAUSE_VALUED:
            what += f": {codes.CAUSE_NAMES[value].replace('_', ' ')}"
        elif log == codes.LOG_SEGMENT_END:
            what = f"segment {codes.STATE_NAMES[value]}"
        elif log in (codes.LOG_ATTEMPT, codes.LOG_RESEND):
            what += f" {value}"
        elif log == codes.LOG_SUBMIT:
            what = f"submits {value} segment" + "s" * (value != 1)
        return place, what

    def _sent(self, wait: Wait) -> dict[str, Any]:
        """One MSU: where it went, how long it took, over which elements."""
        names, command = self.names, wait.command
        visits = self._visits(wait)
        way = [names.elements[e] for e in visits if names.kinds[e] in ON_THE_WAY]
        sets = [e - self.network.nodes for e in visits if names.kinds[e] == "link_set"]
        return self._row(
            wait,
            names.elements[command.place],
            names.elements[command.target],
            operation_words(OPERATION_NAMES[command.amount >> 8]),
            "" if wait.signal == codes.DONE else "lost",
            octets=octets_on(self.network, sets[0], command.amount) if sets else 0,
            way=" > ".join(way),
        )

    def _visits(self, wait: Wait) -> list[int]:
        """Elements that the job queued at during a wait, in order."""
        log = self.log
        mine = (log[:, ID] == wait.job) & (log[:, CODE] == codes.LOG_VISIT)
        during = (log[:, TIME] >= wait.start_ns) & (log[:, TIME] < wait.end_ns)
        stations = log[mine & during, PLACE]
        return [self.network.station_element[int(station)] for station in stations]

    def _waited(self, wait: Wait) -> list[dict[str, Any]]:
        command = wait.command
        step = (wait.kind, command.stage)
        if step in EXCHANGES and command.verb == codes.HOLD:
            from_, to, what = EXCHANGES[step]
            return [self._row(wait, self._party(from_, wait), self._party(to, wait), what)]
        place = self._place(wait)
        if command.verb == codes.SERVE:
            element = self.network.station_element[command.place]
            place = self.names.elements[element] if element < len(self.names.elements) else SENDER
            outcome = "" if wait.signal == codes.DONE else codes.SIGNAL_NAMES[wait.signal]
            return [self._row(wait, place, place, "queues and is served", outcome)]
        if command.verb == codes.PARK and command.place == codes.ANSWER:
            if wait.signal == codes.WOKEN:
                return []  # the answer itself is a row
            return [self._row(wait, place, place, "waits for the answer", "timer ran out")]
        outcome = "woken" if wait.signal == codes.WOKEN else ""
        return [self._row(wait, place, place, WAITS.get(step, "waits"), outcome)]
