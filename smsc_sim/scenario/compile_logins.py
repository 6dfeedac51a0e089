"""People who log in to columns: one for every source of one-time passwords that has a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from smsc_sim.content.money import micros
from smsc_sim.model.codes import NOBODY
from smsc_sim.model.login import FALLBACK_CODE
from smsc_sim.scenario.distributions import Tables
from smsc_sim.scenario.errors import ScenarioError
from smsc_sim.scenario.loader import Loaded
from smsc_sim.scenario.schema_applications import OneTimePassword
from smsc_sim.scenario.schema_logins import Person


@dataclass(frozen=True, slots=True)
class Code:
    """Which code of a login the messages of a source bring.

    Attributes
    ----------
    login : str
        Name of the source of the first codes.
    person : Person
    number : int
        From 0; `login.FALLBACK_CODE`.
    """

    login: str
    person: Person
    number: int


@dataclass(frozen=True, slots=True)
class Further:
    """A source of further codes.

    Attributes
    ----------
    name : str
    account : str
        That submits them.
    route : str, optional
        That they take in place of those of their population.
    code : Code
    """

    name: str
    account: str
    route: str | None
    code: Code


def further_codes(name: str, part: OneTimePassword, person: Person) -> list[Further]:
    """Sources of the codes that people ask for again, and of what the fallback sends."""
    found = [
        Further(f"{name} code {number + 1}", part.account, None, Code(name, person, number))
        for number in range(1, person.codes)
    ]
    second = person.fallback
    if second is not None and second.voice is None:
        code = Code(name, person, FALLBACK_CODE)
        account = second.account or part.account
        found.append(Further(f"{name} fallback", account, second.route, code))
    return found


def login_columns(
    names: Sequence[str], found: Sequence[Code | None], tables: Tables
) -> dict[str, Any]:
    """Columns of `Network` about people who log in, for sources of these names."""
    row = {name: number for number, name in enumerate(names)}
    logins = [code.login for code in found if code is not None and code.number == 0]
    people = [code.person for code in found if code is not None and code.number == 0]
    of_login: dict[str, dict[int, int]] = {name: {} for name in logins}
    for name, code in zip(names, found, strict=True):
        if code is not None:
            of_login[code.login][code.number] = row[name]
    again = [[of[number] for number in range(1, FALLBACK_CODE) if number in of] for of in
             of_login.values()]  # fmt: skip
    first = [0]
    for rows in again:
        first.append(first[-1] + len(rows))
    fallbacks = [person.fallback for person in people]
    voices = [None if fallback is None else fallback.voice for fallback in fallbacks]
    return {
        "source_person": [logins.index(code.login) if code else NOBODY for code in found],
        "source_code": [code.number if code else NOBODY for code in found],
        "person_source": [row[name] for name in logins],
        "person_again_first": first,
        "person_again": [number for rows in again for number in rows],
        "person_second": [of.get(FALLBACK_CODE, NOBODY) for of in of_login.values()],
        "person_patience": [tables.row(person.patience) for person in people],
        "person_typing": [tables.row(person.typing) for person in people],
        "person_resend": [tables.row(person.resend_after) for person in people],
        "person_call": [NOBODY if v is None else tables.row(v.duration) for v in voices],
        "person_p_answer": [0.0 if v is None else v.answered for v in voices],
        "person_call_micros": [0 if v is None else micros(v.price.amount) for v in voices],
        "person_expires_ns": [person.expires for person in people],
        "person_fallback_ns": [-1 if part is None else part.after for part in fallbacks],
    }


def check_call_prices(loaded: Loaded, currencies: Sequence[str]) -> None:
    """Refuse prices of calls in another currency than that of the run.

    Raises
    ------
    ScenarioError
        All such sources, each at its place.
    """
    known = sorted({currency for currency in currencies if currency})
    problems = []
    for name, part in sorted(loaded.scenario.traffic.items()):
        person = part.person if isinstance(part, OneTimePassword) else None
        fallback = None if person is None else person.fallback
        if fallback is None or fallback.voice is None or not known:
            continue
        currency = fallback.voice.price.currency
        if [currency] != known:
            what = f"is in {currency}, which does not add up with {' and '.join(known)}"
            path = f"traffic.{name}.person.fallback.voice.price"
            problems.append(loaded.problem(path, what, "give it in the currency of the rate card"))
    if problems:
        raise ScenarioError(problems, loaded.file)
