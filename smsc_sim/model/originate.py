"""The radio side of a submission: a channel taken, a segment sent, the channel given back."""

from smsc_sim.model.cells import cell_of
from smsc_sim.model.codes import (
    CHANNEL_FREE,
    CHANNEL_TAKEN,
    DONE,
    GSM,
    HOLD,
    LOG_REFUSED,
    NO_CHANNEL,
    NOBODY,
    NOTHING,
    OK,
    RELEASE,
    SEIZE,
    SUBMIT_CHANNEL,
    SUBMIT_FREED,
    SUBMIT_PAUSED,
    SUBMIT_RADIO,
    TRIED,
)
from smsc_sim.model.commands import command
from smsc_sim.model.network import Command, Job, Network
from smsc_sim.model.radio import access_of, answer_ns, channel_ns, text_ns
from smsc_sim.model.traffic import writer_of


def send_text(network: Network, job: Job, log: int, value: int) -> Command:
    """Send a segment: on the channel that the phone has, on a new one, or over another access."""
    population = network.source_from[job.source]
    if job.cell >= 0:
        kept_ns = text_ns(network, population, job.octets)
        return command(HOLD, 0, 0, kept_ns, SUBMIT_RADIO, OK, log, value)
    phone = writer_of(network, job)
    cell = cell_of(network, job.sender, population, phone)
    if cell >= 0:
        return command(SEIZE, network.cell_sdcch[cell], NOBODY, 0, SUBMIT_CHANNEL, OK, log, value)
    access = access_of(network, population, phone)
    if access == GSM:
        radio_ns = channel_ns(network, population, job.octets)
    else:
        occasion = job.segment << 8 | job.attempt
        radio_ns = answer_ns(network, population, access, job.key, occasion)
    return command(HOLD, 0, 0, radio_ns, SUBMIT_RADIO, OK, log, value)


def use_channel(network: Network, job: Job, signal: int) -> Command:
    """Send on the channel just taken; without one try again after T3122, then give up."""
    population = network.source_from[job.source]
    if signal == DONE:
        cell = cell_of(network, job.sender, population, writer_of(network, job))
        radio_ns = channel_ns(network, population, job.octets)
        return command(HOLD, 0, 0, radio_ns, SUBMIT_RADIO, OK, NOTHING, 0, CHANNEL_TAKEN, cell)
    if job.tries >= network.node_retrials[job.sender]:
        return command(HOLD, 0, 0, 0, SUBMIT_FREED, NO_CHANNEL, LOG_REFUSED, NO_CHANNEL)
    delay_ns, tries = network.node_retrial_ns[job.sender], job.tries + 1
    return command(HOLD, 0, 0, delay_ns, SUBMIT_PAUSED, OK, NOTHING, 0, TRIED, tries)


def hang_up(network: Network, job: Job, cause: int) -> Command:
    """Give the channel back, with the answer in mind."""
    pool, since_ns = network.cell_sdcch[job.cell], job.channel_ns
    return command(RELEASE, pool, NOBODY, since_ns, SUBMIT_FREED, cause, NOTHING, 0, CHANNEL_FREE)
