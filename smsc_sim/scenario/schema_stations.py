"""How an SMSC shares its licence and its dialogues: pools and limits; the YAML manual of each.

The docstring under a field is its manual, as in `schema_elements`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from smsc_sim.scenario.quantities import Count
from smsc_sim.scenario.schema_base import Part

Limit = Annotated[Count, Field(ge=1)]


class DialoguePool(Part):
    """Dialogues of an SMSC that one class has for itself."""

    dialogues: Limit
    """Dialogues reserved for the class, out of those of the SMSC, a whole number; no default. The
    class opens no others."""


class Limits(Part):
    """Most dialogues that an SMSC opens towards one destination at one time.

    A segment that meets a limit waits without holding a dialogue. Such limits are sold as part of
    every SMSC (from memory, not found).
    """

    per_hlr: Limit | None = None
    """Operations open towards one HLR, a whole number; held until its answer or the timer.
    Default: no limit."""

    per_msc: Limit | None = None
    """Operations open towards one MSC, a whole number; held until its answer or the timer.
    Default: no limit."""

    per_country: Limit | None = None
    """Attempts under way to recipients of one country, a whole number. Default: no limit."""
