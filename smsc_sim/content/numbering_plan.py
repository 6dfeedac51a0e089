"""Numbering plans of the world as one automaton, derived from the metadata of `phonenumbers`.

Which country a number belongs to is no question of its first digits alone: +1 869 765 is Saint
Kitts and Nevis, +44 7781 is Guernsey, and a number that is too long belongs
to nobody. The metadata say so in regular expressions. They have no loops, so all of them together
are one acyclic automaton over the digits: one look-up per digit, exact by construction.

`python -m smsc_sim.content.numbering_plan` writes the file that the package ships, so that nobody
waits for `phonenumbers` to load its 250 modules.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

LINES = ("mobile", "fixed", "mobile or fixed", "other")
"""What answers: +1 and others do not tell mobile from fixed; other is toll-free, paging, VoIP."""

_OTHERS = (
    "premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan",
    "voicemail",
)  # fmt: skip
_LONGEST = 17  # digits of the longest national number in the metadata (general descriptions)
DEAD = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Automaton of all numbering plans.

    Parameters
    ----------
    version : str
        Of `phonenumbers`.
    regions : tuple of str
        ISO 3166 alpha-2, and 001 for services that belong to no country; in alphabetical order.
    step : (states, 10) uint16 array
        State behind a state and a digit; state 0 is the end of all hope, 1 the start. National
        states come behind `trunk`.
    label : (states,) int16 array
        4 * region + line where the digits so far are a whole number, else -1.
    trunk : int
        Last of the states within a country calling code.
    """

    version: str
    regions: tuple[str, ...]
    step: npt.NDArray[np.uint16]
    label: npt.NDArray[np.int16]
    trunk: int


class _Nfa:
    """Patterns as a nondeterministic automaton: digits lead from node to nodes, free moves too."""

    def __init__(self) -> None:
        self.moves: list[dict[str, int]] = []
        self.free: list[list[int]] = []

    def node(self) -> int:
        self.moves.append({})
        self.free.append([])
        return len(self.moves) - 1

    def add(self, pattern: str) -> tuple[int, int]:
        """First and last node of a pattern."""
        begin, end, position = self._either(pattern, 0)
        if position != len(pattern):
            raise ValueError(f"pattern: cannot be read at {position} (got {pattern!r})")
        return begin, end

    def closure(self, nodes: Iterable[int]) -> frozenset[int]:
        """Nodes and all that free moves reach from them."""
        found = set(nodes)
        waiting = list(found)
        while waiting:
            for node in self.free[waiting.pop()]:
                if node not in found:
                    found.add(node)
                    waiting.append(node)
        return frozenset(found)

    def after(self, nodes: frozenset[int], digit: str) -> frozenset[int]:
        return self.closure(self.moves[node][digit] for node in nodes if digit in self.moves[node])

    def _either(self, text: str, at: int) -> tuple[int, int, int]:
        begin, end = self.node(), self.node()
        while True:
            first, last, at = self._sequence(text, at)
            self.free[begin].append(first)
            self.free[last].append(end)
            if at == len(text) or text[at] != "|":
                return begin, end, at
            at += 1

    def _sequence(self, text: str, at: int) -> tuple[int, int, int]:
        begin = end = self.node()
        while at < len(text) and text[at] not in "|)":
            stop = _atom_end(text, at)
            least, most, after = _repeats(text, stop)
            exits = []
            for number in range(most):
                if number >= least:
                    exits.append(end)
                first, last = self._atom(text[at:stop])
                self.free[end].append(first)
                end = last
            joint = self.node()
            for node in (*exits, end):
                self.free[node].append(joint)
            end, at = joint, after
        return begin, end, at

    def _atom(self, text: str) -> tuple[int, int]:
        if text[0] == "(":
            inner = text[3:-1] if text.startswith("(?:") else text[1:-1]
            return self.add(inner)
        begin, end = self.node(), self.node()
        for digit in _digits(text):
            self.moves[begin][digit] = end
        return begin, end


def _atom_end(text: str, at: int) -> int:
    """End of a digit, a class or a group that begins at a position."""
    if text[at] == "\\":
        return at + 2
    if text[at] == "[":
        return text.index("]", at) + 1
    if text[at] != "(":
        return at + 1
    depth = 0
    for position in range(at, len(text)):
        depth += (text[position] == "(") - (text[position] == ")")
        if depth == 0:
            return position + 1
    raise ValueError(f"pattern: a group has no end (got {text!r})")


def _repeats(text: str, at: int) -> tuple[int, int, int]:
    """How often at least and at most, and where the pattern goes on."""
    if text[at : at + 1] == "?":
        return 0, 1, at + 1
    if text[at : at + 1] != "{":
        return 1, 1, at
    stop = text.index("}", at)
    least, _, most = text[at + 1 : stop].partition(",")
    return int(least), int(most or least), stop + 1


def _digits(text: str) -> str:
    """Digits that one place of a pattern admits."""
    if text == "\\d":
        return "0123456789"
    if text[0] != "[":
        if not text.isdecimal():
            raise ValueError(f"pattern: is no digit (got {text!r})")
        return text
    found = ""
    inner = text[1:-1].replace("\\d", "0-9")
    at = 0
    while at < len(inner):
        last = inner[at + 2] if inner[at + 1 : at + 2] == "-" else inner[at]
        found += "".join(str(digit) for digit in range(int(inner[at]), int(last) + 1))
        at += 3 if inner[at + 1 : at + 2] == "-" else 1
    return found


class _Builder:
    """States that mean the same are one: bottom-up, by label and followers."""

    def __init__(self) -> None:
        self.states: dict[tuple[int, tuple[int, ...]], int] = {(-1, (0,) * 10): DEAD}

    def state(self, label: int, followers: tuple[int, ...]) -> int:
        return self.states.setdefault((label, followers), len(self.states))


_Language = tuple[int, frozenset[int]]
"""Accepting node of a pattern, and the lengths that it holds for; any length when empty."""


class _Country:
    """The regions behind one calling code, as languages over one nondeterministic automaton."""

    def __init__(self, regions: list[tuple[int, Any]], builder: _Builder) -> None:
        self.nfa = _Nfa()
        self.builder = builder
        self.starts: list[int] = []
        self.regions = [self._region(region, metadata) for region, metadata in regions]
        self.known: dict[tuple[frozenset[int], int], int] = {}

    def build(self) -> int:
        """State behind the calling code."""
        return self._state(self.nfa.closure(self.starts), 0)

    def _region(
        self, region: int, metadata: Any
    ) -> tuple[int, _Language | None, dict[str, _Language | None]]:
        """Index, first digits where these decide, and what its metadata describe."""
        languages = {}
        for name in ("general_desc", "fixed_line", "mobile", *_OTHERS):
            part = getattr(metadata, name)
            pattern = part and part.national_number_pattern
            languages[name] = self._language(pattern, part.possible_length) if pattern else None
        if metadata.same_mobile_and_fixed_line_pattern:
            languages["mobile"] = languages["fixed_line"]
        first = metadata.leading_digits
        leading = self._language(f"(?:{first})\\d{{0,{_LONGEST}}}", ()) if first else None
        return region, leading, languages

    def _language(self, pattern: str, lengths: Iterable[int]) -> _Language:
        begin, end = self.nfa.add(pattern)
        self.starts.append(begin)
        return end, frozenset(lengths)

    def _state(self, nodes: frozenset[int], length: int) -> int:
        if not nodes or length > _LONGEST:
            return DEAD
        if (nodes, length) not in self.known:
            followers = tuple(
                self._state(self.nfa.after(nodes, digit), length + 1) for digit in "0123456789"
            )
            label = self._label(nodes, length)
            self.known[nodes, length] = self.builder.state(label, followers)
        return self.known[nodes, length]

    def _label(self, nodes: frozenset[int], length: int) -> int:
        """4 * region + line of a whole number; as in `phonenumbers`, the first region that fits."""

        def has(language: _Language | None) -> bool:
            if language is None or language[0] not in nodes:
                return False
            return not language[1] or length in language[1]

        for index, leading, languages in self.regions:
            line = _line({name for name, language in languages.items() if has(language)})
            if has(leading) if leading else line >= 0:
                return 4 * index + line if line >= 0 else -1
        return -1


def _line(fits: set[str]) -> int:
    """Index in LINES of a number that fits these descriptions, -1 for none."""
    if "general_desc" not in fits:
        return -1
    if fits.intersection(_OTHERS):
        return 3
    if "fixed_line" in fits:
        return 2 if "mobile" in fits else 1
    return 0 if "mobile" in fits else -1


def derive_plan() -> Plan:
    """Plan of the installed `phonenumbers`."""
    import phonenumbers
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    regions = sorted({region for group in COUNTRY_CODE_TO_REGION_CODE.values() for region in group})
    builder = _Builder()
    roots: dict[str, int] = {}
    for code, group in COUNTRY_CODE_TO_REGION_CODE.items():
        members = [
            (regions.index(region), PhoneMetadata.metadata_for_region_or_calling_code(code, region))
            for region in group
        ]
        roots[str(code)] = _Country(members, builder).build()
    return _joined(phonenumbers.__version__, tuple(regions), roots, list(builder.states))


def _joined(
    version: str, regions: tuple[str, ...], roots: dict[str, int], states: list[tuple[int, Any]]
) -> Plan:
    """Plan of national states, with the calling codes that lead to their roots."""
    trunk = sorted({code[:length] for code in roots for length in range(len(code))})
    # The states of the trunk come first, so that one comparison tells them from national ones.
    place = {prefix: 1 + row for row, prefix in enumerate(trunk)}
    step = np.zeros((len(trunk) + len(states), 10), np.uint16)
    for prefix, row in place.items():
        for digit in "0123456789":
            code = prefix + digit
            root = roots[code] + len(trunk) if code in roots else DEAD
            step[row, int(digit)] = place.get(code, root)
    followers = np.array([following for _, following in states], np.int64)[1:]
    step[1 + len(trunk) :] = np.where(followers > 0, followers + len(trunk), 0)
    label = np.full(len(step), -1, np.int16)
    label[1 + len(trunk) :] = [value for value, _ in states[1:]]
    assert len(step) < 1 << 16
    return Plan(version, regions, step, label, len(trunk))


def load_plan() -> Plan:
    """Plan that the package ships."""
    with files("smsc_sim").joinpath("data", "numbering.npz").open("rb") as stream:
        found = np.load(stream)
        return Plan(
            str(found["version"]), tuple(found["regions"].tolist()), found["step"],
            found["label"], int(found["trunk"]),
        )  # fmt: skip


def write_plan(path: Path) -> None:
    """Write the plan of the installed `phonenumbers`."""
    plan = derive_plan()
    np.savez_compressed(
        path, version=plan.version, regions=plan.regions, step=plan.step, label=plan.label,
        trunk=plan.trunk,
    )  # fmt: skip


if __name__ == "__main__":
    write_plan(Path(str(files("smsc_sim").joinpath("data", "numbering.npz"))))
