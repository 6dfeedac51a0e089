"""The rules as machine code: they compile without Python objects and do what their source does.

Every case runs one loop over random arguments twice, from the same text: with the functions of
`model` as Python on lists and rows, and compiled by numba on arrays and records.
"""

import hashlib
import importlib
import inspect
import math
import pkgutil
import tempfile
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest
from numba import njit

from smsc_sim import model
from smsc_sim.engines import jit, reference
from smsc_sim.model import codes, draws
from smsc_sim.model.network import Command, Job, Network, State
from smsc_sim.model.state import empty_state
from smsc_sim.scenario.distributions import quantile_table
from smsc_sim.scenario.schema_distributions import Shape
from tests.networks import SECOND, network

N = 100_000  # random arguments of each group of functions
RECORDS = 64  # rows of messages in the random state
FLAG_ROWS = 256
FIELDS = tuple(Job.__annotations__)
JOB = np.dtype([(field, np.int64) for field in FIELDS])
STAGES = sorted(
    {
        *range(codes.SUBMIT_BEGUN + 1),
        *range(codes.OVER, codes.OVER + 7),
        *range(codes.FORGOTTEN, codes.FORGOTTEN + 7),
        *range(codes.HUB_SENT, codes.MEMORY_STORING + 1),
        *range(codes.SHARE_LEFT, codes.SHARE_LEFT + 7),
        *range(codes.HUB_SENT, codes.HUB_WAITED + 1),
        *range(codes.TO_LICENSED, codes.TO_ANSWERED + 1),
        *range(codes.ESME_LIMITED, codes.ESME_COUNTED + 1),
    }
)

# What no engine calls while the clock runs: octets are looked up in a table made by the compiler,
# lists are grown by the reference engine alone, names are for people.
NOT_RULES = ("causes", "draws", "octets", "operations", "state", "names")

RICH = """
smscs:
  south: {retry: {default: patient, otp: quick}, sri_cache: 1 min, validity: 20 min,
          timers: {sri_sm: 7 s}}
  west: {rate: 10 msg/s, units: 3, retry: quick, alternate: north, receipt_rate: 9 msg/s,
         retry_rate: 5 msg/s, service: exponential, priorities: {otp: 1, campaign: 3},
         pools: {otp: {dialogues: 40}}, limits: {per_hlr: 5, per_msc: 4, per_country: 7}}
  north: {delivery: first_attempt, store_time: 3 ms, submit_queue: 3 msg, sharing: weighted,
          weights: {otp: 5, campaign: 2}}
link_sets:
  ocs-a: {between: [ocs, a]}
  poor-a: {between: [poor, a]}
  west-a: {between: [west, a], links: 3, transport: m3ua, congestion: [20 %, 50 %, 90 %]}
  telia-a: {between: [telia, a]}
  wall-a: {between: [wall, a]}
  moat-b: {between: [moat, b]}
  west-b: {between: [west, b], links: 5, speed: 1984 kbit/s}
firewalls: {wall: {}, moat: {}}
mscs:
  helsinki: {cells: {areas: 2, per_area: 3, sdcchs: 2, tchs: 2}}
background:
  calls: {kind: calls, from: city, volume: 20 /day}
  updates: {kind: location_updates, from: city, rate: 1 /s}
routes:
  hub: {delay: {lognormal: {median: 3 s, sigma: 1}}, price: 0.02 USD}
  spare: {receipts: fake, outcomes: {delivered: 40 %, system_failure: 60 %}}
networks:
  telia: {answer_time: {gamma: {mean: 200 ms, cv: 1}},
          hlr: {found: 80 %, unknown_subscriber: 20 %}}
populations:
  city: {mscs: {helsinki: 60 %, turku: 40 %}, unknown: 10 %, status_reports: 30 %,
         prepaid: 50 %, charging: ocs,
         access: {gsm: 70 %, sgs: 20 %, ims: 10 %},
         reachability: {mean_on: 5 min, mean_off: 2 min},
         errors: {subscriber_busy: 10 %, system_failure: 5 %, at_hlr: {facility_not_supported: 5 %,
         absent_subscriber: 5 %}, at_msc: {illegal_subscriber: 5 %, absent_subscriber: 5 %}},
         barred: 5 %, memory: {full: 20 %}, ported: {share: 20 %},
         roaming: {share: 10 %, mscs: turku}, radio: {paging: 2 s}}
  town: {size: 7, country: SE, unknown: 20 %, smscs: {north: 20 %, south: 30 %, west: 50 %},
         reachability: {mean_on: 10 s, mean_off: 5 s, noticed: 20 %}}
  village: {size: 1, country: SE}
  abroad: {size: 9, country: DK, route: [hub, spare]}
  roamers: {size: 90, country: "NO", network: telia}
charging: {ocs: {rate: 5 /s, no_credit: 20 %, on_timeout: allow}, poor: {rate: 9 /s}}
texts:
  mixed: {gsm7: {"1-160": 60 %, "161-1000": 30 %}, ucs2: {"1-300": 10 %}}
accounts:
  shop: {smsc: west, store: 90 msg, receipts: none, policy: hasty, window: 2, binds: 2}
  bank: {receipts: failures, receipts_per: message, receipt_rate: 9 msg/s,
         limits: {DK: {per_minute: 900, per_day: 3}, SE: {per_day: 2, beyond_day: queue}}}
sender_policies:
  hasty: {pause: 1 s, default: {delays: [3 s, 5 s], then: double, age: 40 s}}
traffic:
  people: {kind: person_to_person, from: city, volume: 500 msg/day, text: mixed, profile: evening,
           to: {city: 30 %, town: 20 %, village: 20 %, abroad: 20 %, roamers: 10 %},
           replies: {probability: 50 %, at_most: 2, text: mixed}}
  codes: {kind: otp, account: bank, to: {town: 90 %, city: 10 %}, rate: 2 msg/s, text: one,
          batch: 2.5, bursts: {calm: {factor: 1, mean: 1 min}, busy: {factor: 9, mean: 10 s},
          off: {factor: 0, mean: 20 s}}, replies: {probability: [90 %, 50 %], at_most: 2}}
  keys: {kind: otp, account: bank, to: {abroad: 50 %, city: 50 %}, rate: 1 msg/s, text: one,
         person: {codes: 4, patience: 10 min, fallback: {after: 5 min, account: shop}}}
  rings: {kind: otp, account: shop, to: abroad, rate: 1 msg/s, text: one,
          person: {codes: 2, expires: 1 min, fallback: {after: 5 min, voice: {price: 0.03 USD}}}}
  often: {kind: person_to_person, from: village, to: city, volume: 900 msg/day, text: one, gaps: {}}
  old: {kind: trace, file: old.csv, from: city, to: town, text: mixed, scale: 1.5}
  sale: {kind: campaign, account: shop, to: city, messages: 49 msg, at: +5 s, rate: 3 msg/s,
         text: three, validity: 40 s}
profiles: {evening: {hours: [1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 7, 6, 5, 6, 7,
                            9, 9, 5, 4, 3, 2]}}
duration: 6 h
drain: 30 min
signalling: {sls_bits: 8, changeover: 200 ms, reroute: 1 s, link_cards: in_node}
failures:
  work: {element: a, at: +1 h, for: 1 h, planned: true}
  flaky: {elements: [a, west], mtbf: 20 min, mttr: 5 min}
  burnt: {element: west, at: +2 h, for: 10 min, store: lost}
retry_policies:
  patient: {first_attempt: 3 s, default: {delays: [1 min, 5 min], attempts: 4},
            causes: {absent_subscriber: {delays: [1 h], then: repeat}}}
"""


TRACE = "time,from,to\n" + "".join(
    f"{k * k / 9},{'ab'[k % 2]},{'bca'[k % 3]}\n" for k in range(300)
)

# What the tests below call themselves; all other rules are called by these.
COMPARED: set[str] = set()


def modules() -> list[Any]:
    """All modules of the rule book."""
    names = [module.name for module in pkgutil.iter_modules(model.__path__)]
    return [importlib.import_module(f"smsc_sim.model.{name}") for name in names]


class Ground(NamedTuple):
    """The rules in both forms, and what they run on."""

    machine: dict[str, Any]
    plain: dict[str, Any]
    lists: Network
    arrays: Any


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """One rich network and all rules, compiled when first called.

    Machine code is kept on disk by the digest of all that was loaded: numba itself would miss an
    edit in a file that another one imports, and files may be edited after they were loaded.
    """
    digest = digest_of([*modules(), jit])
    with pytest.MonkeyPatch.context() as patch:
        folder = Path(tempfile.gettempdir()) / f"smsc-sim-nopython-{digest}"
        patch.setattr(numba.config, "CACHE_DIR", str(folder))
        yield prepare()


def digest_of(loaded: list[Any]) -> str:
    """Digest of the code and the constants of modules in memory."""
    text = hashlib.sha256(numba.__version__.encode())
    for module in loaded:
        for name, value in sorted(vars(module).items()):
            function = getattr(value, "py_func", value)
            if inspect.isfunction(function):
                text.update(code_text(function.__code__).encode())
            elif isinstance(value, int | float | tuple):
                text.update(f"{name}={value!r}".encode())
    return text.hexdigest()[:16]


def code_text(code: types.CodeType) -> str:
    """What a code object does, as text; `marshal` writes other bytes in every process."""
    constants = [code_text(c) if isinstance(c, types.CodeType) else repr(c) for c in code.co_consts]
    return f"{code.co_name} {code.co_code.hex()} {code.co_names} {constants}"


def prepare() -> Ground:
    """The rules in both forms."""
    chosen = [m for m in modules() if m.__name__.rpartition(".")[2] not in NOT_RULES]
    called = jit.compiled([*chosen, draws], cache=True)
    machine = {name: rule for name, rule in called.items() if not name.startswith("draws.")}
    plain = {
        f"{module.__name__.rpartition('.')[2]}.{name}": function
        for module in chosen
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__
    }
    assert machine.keys() == plain.keys()
    lists = network(RICH, files={"old.csv": TRACE}).network
    return Ground(machine, plain, lists, jit.by_reference(lists))


def random_state(network: Network, rng: np.random.Generator) -> State:
    """Some elements down, busy servers, messages half delivered, phones with flags; as lists."""
    state = empty_state(network)
    some = [codes.DOWN, codes.DRAINING, *[codes.UP] * 8]
    state.is_up[:-1] = rng.choice(some, len(state.is_up) - 1).tolist()
    state.free_ns[:] = rng.integers(0, 60 * SECOND, len(state.free_ns)).tolist()
    segments = rng.integers(1, 8, RECORDS)
    whole = (1 << segments) - 1
    state = state._replace(
        left=rng.integers(1, 4, RECORDS).tolist(),
        segments=segments.tolist(),
        accepted=(rng.integers(0, 128, RECORDS) & whole).tolist(),
        on_handset=(rng.integers(0, 128, RECORDS) & whole).tolist(),
        reported=(rng.integers(0, 128, RECORDS) & whole).tolist(),
        whole_ns=rng.choice([-1, 5 * SECOND], RECORDS).tolist(),
        over=(rng.integers(0, 128, RECORDS) & whole).tolist(),
        worst=rng.integers(2, 7, RECORDS).tolist(),
        session_ns=rng.integers(0, 600 * SECOND, RECORDS).tolist(),
        quota_day=rng.integers(0, 3, len(network.quota_station)).tolist(),
        quota_used=rng.integers(0, 5, len(network.quota_station)).tolist(),
        flag_phone=[0] * FLAG_ROWS,
        flag_bits=[0] * FLAG_ROWS,
        flag_smscs=[0] * FLAG_ROWS,
    )
    from smsc_sim.model.phones import set_flags

    for phone in rng.choice(network.population_first[-1], 100, replace=False).tolist():
        set_flags(state, phone, int(rng.integers(1, 8)), int(rng.integers(0, 8)))
    return state


def random_jobs(
    ground: Ground, rng: np.random.Generator, n: int, *, with_calls: bool = False
) -> np.ndarray:
    """Jobs of every kind in every stage whose fields fit together: (n,) records.

    Calls and location updates, which have no message, are among them where they are asked for.
    """
    net = ground.lists
    jobs = np.zeros(n, JOB)
    rows = [reference.Row() for _ in range(4000)]
    begin = ground.plain["begin.begin_submission"]
    for number, row in enumerate(rows):
        begin(net, row, number % net.sources, number % 40, number % RECORDS, number)
    pattern = np.array([tuple(getattr(row, field) for field in FIELDS) for row in rows], JOB)
    chosen = rng.integers(0, len(pattern), n)
    jobs[:] = pattern[chosen]
    kind = rng.integers(0, len(codes.KIND_NAMES), n)
    of_person = jobs["sender"] >= 0
    # A mo-ForwardSM has a phone as its sender, a receipt an account.
    kind[(kind == codes.MO_DIALOGUE) & ~of_person] = codes.SEGMENT
    kind[(kind == codes.STATUS_REPORT) & ~of_person] = codes.SEGMENT
    kind[(kind == codes.ESME_DIALOGUE) & of_person] = codes.SEGMENT
    kind[(kind == codes.RECEIPT) & of_person] = codes.SEGMENT
    to_account = np.array(net.source_to_account)[jobs["source"]] >= 0
    kind[(kind == codes.DELIVER_DIALOGUE) & ~to_account] = codes.SEGMENT
    kind[np.flatnonzero(to_account)[::3]] = codes.DELIVER_DIALOGUE
    starts = np.isin(jobs["source"], net.person_source)
    kind[(kind == codes.LOGIN) & ~starts] = codes.SEGMENT
    kind[np.flatnonzero(starts)[::4]] = codes.LOGIN
    if not with_calls:
        kind[np.isin(kind, (codes.CALL, codes.LOCATION_UPDATE))] = codes.SEGMENT
    jobs["kind"] = kind
    jobs["stage"] = rng.choice(STAGES, n)
    jobs["cause"] = rng.integers(0, len(codes.CAUSE_NAMES), n)
    jobs["cause"][::3] = codes.OK  # as nearly everywhere
    asked = np.flatnonzero(kind == codes.SRI_DIALOGUE)[::6]
    jobs["stage"][asked] = codes.SRI_SERVED  # little else lists an SMSC
    full = np.flatnonzero(kind == codes.REPORT_DIALOGUE)[::4]
    jobs["cause"][full] = codes.MEMORY_CAPACITY_EXCEEDED  # nothing else sets MCEF
    jobs["answer"] = rng.integers(0, len(codes.CAUSE_NAMES), n)  # a state or a cause
    jobs["answer"][::3] = codes.THROTTLED  # few other rows make an account pause
    jobs["segment"] = rng.integers(0, 62, n) % np.array(net.text_segments)[jobs["text"]]
    jobs["segment"] %= 7
    jobs["attempt"] = rng.integers(1, 70, n)
    jobs["dialogues"] = rng.integers(0, 200, n)
    jobs["smsc"] = rng.integers(0, net.smscs, n)
    jobs["cell"] = rng.integers(-1, len(net.cell_sdcch), n)
    jobs["tries"], jobs["more"] = rng.integers(0, 3, n), rng.integers(0, 2, n)
    logins = np.flatnonzero(kind == codes.LOGIN)
    jobs["attempt"][logins] %= 5  # codes asked for
    jobs["more"][logins] = rng.integers(0, 3, len(logins))
    fresh = np.flatnonzero(kind == codes.SUBMISSION)[::2]  # operators count these
    jobs["attempt"][fresh] = jobs["segment"][fresh] = 0
    account = np.array(net.source_account)[jobs["source"]]
    quota = np.array(net.account_quota)[account * len(net.population_size) + jobs["population"]]
    limited = (account >= 0) & (quota >= 0)
    jobs["stage"][fresh[limited[fresh]][::4]] = codes.ESME_LIMITED
    unlimited = (kind == codes.SUBMISSION) & ~limited & (jobs["stage"] == codes.ESME_LIMITED)
    jobs["stage"][unlimited] = codes.ESME_PACED
    back = np.flatnonzero(kind == codes.PHONE_RETURN)[::4]
    jobs["stage"][back] = codes.READY_SERVED  # little else clears MNRF alone
    # Pages and channels are for phones in a cell.
    cell_of = ground.plain["cells.cell_of"]
    cells = np.array([cell_of(net, row.msc, row.population, row.phone) for row in rows])[chosen]
    outside = (kind == codes.MT_DIALOGUE) & (jobs["stage"] >= codes.MT_SESSION) & (cells < 0)
    jobs["stage"][outside] %= codes.MT_SESSION
    jobs["smsc"][kind == codes.PHONE_RETURN] = codes.NOBODY
    jobs["stored"] = rng.integers(0, 17, n)
    jobs["in_memory"] = rng.integers(0, 2, n)
    jobs["pending"] = rng.integers(0, 1 << net.smscs, n)
    for field in (
        "submit_ns",
        "accepted_ns",
        "attempt_ns",
        "routed_ns",
        "arrived_ns",
        "channel_ns",
    ):
        jobs[field] = rng.integers(-1, 600 * SECOND, n)
    jobs["arrived_ns"][logins[::2]] = -1  # nobody types
    jobs["pending"][logins[::3]] = 0
    _make_calls(ground, jobs)
    return jobs


def _make_calls(ground: Ground, jobs: np.ndarray) -> None:
    """Give jobs of background a source of background, and a phone that is in a cell."""
    net, begin = ground.lists, ground.plain["begin.begin_background"]
    cell_of = ground.plain["cells.cell_of"]
    row = reference.Row()
    for number in np.flatnonzero(np.isin(jobs["kind"], (codes.CALL, codes.LOCATION_UPDATE))):
        source = net.sources + int(jobs["kind"][number] == codes.LOCATION_UPDATE)
        call = int(number) % 500
        begin(net, row, source, call, 0)
        while cell_of(net, row.msc, row.population, row.phone) < 0:
            call += 1
            begin(net, row, source, call, 0)
        for field in ("source", "key", "population", "phone", "msc"):
            jobs[field][number] = getattr(row, field)


def columns_of(columns: Any) -> State:
    """State of lists again, from what machine code has changed."""
    return State(*(column.tolist() for column in _read(columns)))


_scope: dict[str, Any] = {}
exec(f"def read(s): return ({', '.join('s.' + name for name in State._fields)})", _scope)
_read = njit(_scope["read"])


def as_rows(jobs: np.ndarray) -> list[reference.Row]:
    """Records as the rows of the reference engine."""
    rows = []
    for values in jobs.tolist():
        row = reference.Row()
        for field, value in zip(FIELDS, values, strict=True):
            setattr(row, field, value)
        rows.append(row)
    return rows


def as_records(rows: list[reference.Row]) -> np.ndarray:
    """Rows as records."""
    return np.array([tuple(getattr(row, field) for field in FIELDS) for row in rows], JOB)


def both(
    ground: Ground,
    body: str,
    columns: list[np.ndarray],
    state: State,
    jobs: np.ndarray,
    results: int,
    functions: tuple[str, ...],
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, State]]:
    """Run the same loop as Python and as machine code.

    `body` is what happens for number `i`, with the columns of arguments `a` to `f`, `jobs`,
    `net`, `state`, and `out` and `real` for the results, int64 and float64, of shape (n, results).
    """
    COMPARED.update(functions)
    letters = "abcdef"[: len(columns)]
    head = f"def loop(net, state, jobs, {', '.join(letters)}, out, real):\n"
    text = head + "    for i in range(len(out)):\n"
    text += "".join(f"        {line}\n" for line in body.strip().splitlines())
    n = len(columns[0])
    for form in (ground.plain, ground.machine):
        scope = {name.rpartition(".")[2]: form[name] for name in functions} | {"Command": Command}
        exec(compile(text, "<loop>", "exec"), scope)  # the same text for both
        out, real = np.zeros((n, results), np.int64), np.zeros((n, results))
        if form is ground.plain:
            here = State(*(list(column) for column in state))
            rows = as_rows(jobs)
            scope["loop"](ground.lists, here, rows, *(c.tolist() for c in columns), out, real)
            yield out, real, as_records(rows) if rows else jobs, here
        else:
            there = jit.by_reference(state)
            own = jobs.copy()
            njit(error_model="numpy")(scope["loop"])(ground.arrays, there, own, *columns, out, real)
            yield out, real, own, columns_of(there)


def agree(
    ground: Ground,
    body: str,
    columns: list[np.ndarray],
    state: State,
    functions: tuple[str, ...],
    results: int = 1,
    jobs: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Assert that both forms give the same results, jobs and state; returns the results."""
    jobs = np.zeros(0, JOB) if jobs is None else jobs
    (out, real, rows, here), (machine_out, machine_real, records, there) = both(
        ground, body, columns, state, jobs, results, functions
    )
    wrong = np.flatnonzero((out != machine_out).any(axis=1))
    assert len(wrong) == 0, (
        f"call {wrong[0]} with {[int(c[wrong[0]]) for c in columns]}: "
        f"Python {out[wrong[0]].tolist()}, machine {machine_out[wrong[0]].tolist()}"
        + (f", job {dict(zip(FIELDS, jobs[wrong[0]].tolist(), strict=True))}" if len(jobs) else "")
    )
    assert real.tobytes() == machine_real.tobytes()
    for field in FIELDS:
        assert np.array_equal(rows[field], records[field]), f"job.{field} differs"
    for name, mine, other in zip(State._fields, here, there, strict=True):
        assert np.array_equal(mine, other), f"state.{name} differs"
    return out, real


STEP = """
job = jobs[i]
command = step(net, state, job, a[i], b[i])
out[i, 0] = command.verb
out[i, 1] = command.place
out[i, 2] = command.target
out[i, 3] = command.amount
out[i, 4] = command.stage
out[i, 5] = command.cause
out[i, 6] = command.log
out[i, 7] = command.value
out[i, 8] = command.change
out[i, 9] = command.argument
out[i, 10] = apply(net, state, job, command, b[i])
out[i, 11] = message_state(state, c[i])
out[i, 12] = split_ns(job, a[i], b[i])
"""


def test_step_and_apply(ground: Ground, rng: np.random.Generator) -> None:
    """Commands and changes of jobs and state are the same, for every kind, stage and signal."""
    jobs = random_jobs(ground, rng, N, with_calls=True)
    # In turn for each kind and stage, so that none misses a signal.
    group = jobs["kind"] * 100 + jobs["stage"]
    order = np.argsort(group, kind="stable")
    signals = np.empty(N, np.int64)
    signals[order] = np.arange(N) - np.searchsorted(group[order], group[order])
    signals %= len(codes.SIGNAL_NAMES)
    out, _ = agree(
        ground,
        STEP,
        [signals, rng.integers(0, 900 * SECOND, N), rng.integers(0, RECORDS, N)],
        random_state(ground.lists, rng),
        ("rules.step", "rules.apply", "rules.message_state", "rules.split_ns"),
        results=13,
        jobs=jobs,
    )
    triples = np.unique(np.stack([jobs["kind"], jobs["stage"], signals]), axis=1)
    assert triples.shape[1] == len(codes.KIND_NAMES) * len(STAGES) * len(codes.SIGNAL_NAMES)
    assert set(out[:, 0].tolist()) == set(range(len(codes.VERB_NAMES)))
    assert set(out[:, 8].tolist()) == set(range(codes.COUNTED_TODAY + 1)), "a change never occurred"


def test_beginnings(ground: Ground, rng: np.random.Generator) -> None:
    """Submissions, records and children begin alike in both forms."""
    net, n = ground.lists, N // 2
    state = random_state(net, rng)
    source = rng.integers(0, net.sources, n)
    number, record = rng.integers(0, 1 << 29, n), rng.integers(0, RECORDS, n)
    agree(
        ground,
        "begin_submission(net, jobs[i], a[i], b[i], c[i], d[i])\n"
        "begin_record(net, state, c[i], jobs[i].text)",
        [source, number, record, rng.integers(0, 1 << 60, n)],
        state,
        ("begin.begin_submission", "begin.begin_record"),
        jobs=np.zeros(n, JOB),
    )
    parents = random_jobs(ground, rng, 2 * n)
    children = rng.integers(1, len(codes.KIND_NAMES), n)
    agree(
        ground,
        "begin_child(net, jobs[i], jobs[i + len(out)], Command(7, a[i], b[i], c[i], 0, 0, 0, 0, 0,"
        " 0), d[i])",
        [children, rng.integers(0, net.smscs, n), rng.integers(0, 7, n), number],
        state,
        ("begin.begin_child",),
        jobs=parents,
    )


def test_background(ground: Ground, rng: np.random.Generator) -> None:
    """Calls begin alike in both forms; what is logged of jobs and their channels is the same."""
    net, n = ground.lists, N // 5
    state = random_state(net, rng)
    source = net.sources + rng.integers(0, len(net.background_kind), n)
    agree(
        ground,
        "begin_background(net, jobs[i], a[i], b[i], c[i])",
        [source, rng.integers(0, 1 << 29, n), rng.integers(0, 1 << 60, n)],
        state,
        ("begin.begin_background",),
        jobs=np.zeros(n, JOB),
    )
    out, _ = agree(
        ground,
        "out[i, 0] = held_channel(net, jobs[i])\n"
        "out[i, 1] = logged_place(jobs[i], a[i])\n"
        "out[i, 2] = logged_other(jobs[i], a[i], b[i])",
        [rng.integers(0, len(codes.LOG_NAMES), n), rng.integers(0, 1 << 60, n)],
        state,
        ("cells.held_channel", "rules.logged_place", "rules.logged_other"),
        results=3,
        jobs=random_jobs(ground, rng, n, with_calls=True),
    )
    assert set(out[:, 0].tolist()) >= {-1, *net.cell_sdcch}


def test_phones(ground: Ground, rng: np.random.Generator) -> None:
    """Reachability, dead numbers and the hash table of flags are the same in both forms."""
    net, n = ground.lists, N // 5
    state = random_state(net, rng)
    population = rng.integers(0, len(net.population_size), n)
    phone = rng.integers(0, 1 << 30, n) % np.array(net.population_size)[population]
    now = rng.integers(0, 3600 * SECOND, n)
    out, _ = agree(
        ground,
        "is_on, until, spell = reachability(net, a[i], b[i], c[i])\n"
        "out[i, 0], out[i, 1], out[i, 2] = is_on, until, spell\n"
        "out[i, 3] = is_unknown(net, a[i], b[i])\n"
        "out[i, 4] = is_detached(net, a[i], b[i], spell)\n"
        "out[i, 5] = noticed_ns(net, a[i], b[i], c[i])\n"
        "out[i, 6] = phone_key(net, a[i], b[i])",
        [population, phone, now],
        state,
        tuple(
            f"phones.{name}"
            for name in ("reachability", "is_unknown", "is_detached", "noticed_ns", "phone_key")
        ),
        results=7,
    )
    for column in (0, 3, 4):
        assert set(out[:, column].tolist()) == {0, 1}
    everyone = rng.integers(0, 100, N)
    out, _ = agree(
        ground,
        "set_flags(state, a[i], b[i], c[i])\n"
        "out[i, 0] = flags_of(state, d[i])\n"
        "out[i, 1] = waiting_smscs(state, d[i])\n"
        "out[i, 2] = flag_row(state, d[i])\n",
        [
            everyone,
            rng.integers(0, 4, N) * rng.integers(0, 2, N),
            rng.integers(0, 8, N) * rng.integers(0, 2, N),
            rng.integers(0, 120, N),
        ],
        state,
        ("phones.set_flags", "phones.flags_of", "phones.waiting_smscs", "phones.flag_row"),
        results=3,
    )
    assert (out[:, 0] != 0).any() and (out[:, 0] == 0).any()


def test_traffic(ground: Ground, rng: np.random.Generator) -> None:
    """Who sends what to whom is the same in both forms."""
    net, n = ground.lists, N // 5
    source = rng.integers(0, net.sources, n)
    number = rng.integers(0, 1 << 29, n)
    is_table = np.array(net.source_arrivals)[source] == codes.BY_TABLE
    number[is_table] %= np.array(net.source_limit)[source][is_table]
    people = np.flatnonzero(np.array(net.source_from) >= 0)
    sender_source = rng.choice(people, n)
    out, _ = agree(
        ground,
        "p = recipient_population(net, a[i], b[i], d[i])\n"
        "out[i, 0] = p\n"
        "out[i, 1] = recipient(net, a[i], p, b[i], d[i])\n"
        "out[i, 2] = msc_of(net, p, out[i, 1])\n"
        "out[i, 3] = home_smsc(net, p, out[i, 1])\n"
        "out[i, 4] = text_row(net, a[i], b[i], d[i])\n"
        "out[i, 5] = octets_of(net, out[i, 4], e[i])\n"
        "out[i, 6] = sender_of(net, f[i], c[i], d[i])\n"
        "out[i, 7] = pick(net.to_end, net.to_first[a[i]], net.to_first[a[i] + 1], 0.5)",
        [
            source,
            number,
            number % np.maximum(1, net.source_limit)[sender_source],
            rng.integers(-(1 << 63), 1 << 62, n),
            rng.integers(0, 7, n),
            sender_source,
        ],
        random_state(net, rng),
        tuple(
            f"traffic.{name}"
            for name in (
                *("recipient_population", "recipient", "msc_of", "home_smsc", "text_row"),
                *("octets_of", "sender_of", "pick"),
            )
        ),
        results=8,
    )
    assert len(set(out[:, 0].tolist())) > 1


def test_arrivals(ground: Ground, rng: np.random.Generator) -> None:
    """When messages come, in batches, bursts and tables too, is the same in both forms."""
    net = ground.lists
    state = random_state(net, rng)
    for column, start in (
        (state.arrival_mass, 0),
        (state.arrival_spell, -1),
        (state.arrival_until_ns, 0),
    ):
        column[:] = [start] * len(column)
    numbers = [(s, k) for s in range(len(net.source_digest)) for k in range(400)]
    out, _ = agree(
        ground,
        "out[i, 0] = next_arrival_ns(net, state, a[i], b[i])\n"
        "out[i, 1] = gap_mass(net, a[i], b[i])",
        [np.array([s for s, _ in numbers]), np.array([k for _, k in numbers])],
        state,
        ("arrivals.next_arrival_ns", "arrivals.gap_mass"),
        results=2,
    )
    assert (out[:, 0] == codes.NEVER).any() and (out[:, 0] != codes.NEVER).mean() > 0.2
    assert {*net.source_arrivals} == {
        *(codes.BY_RATE, codes.BY_BATCH, codes.BY_TABLE, codes.BY_REPLY, codes.BY_LOGIN),
        codes.BY_GAPS,
    }
    assert len(net.burst_factor) and min(net.source_p_batch) < 1


def test_legs(ground: Ground, rng: np.random.Generator) -> None:
    """Routes, links and queues are the same in both forms."""
    net, n = ground.lists, N // 8
    state = random_state(net, rng)
    for _ in range(100):
        is_up = rng.choice([codes.DOWN, codes.DRAINING, *[codes.UP] * 8], net.elements)
        here = state._replace(is_up=[*is_up.tolist(), codes.UP])
        there = jit.by_reference(here)
        COMPARED.add("legs.update_routes")
        ground.plain["legs.update_routes"](net, here)
        ground.machine["legs.update_routes"](ground.arrays, there)
        assert columns_of(there) == here
    relays = [k for k in range(net.nodes) if net.is_relay[k]]
    for relay in relays:
        here.is_up[relay] = 1
    ground.plain["legs.update_routes"](net, here)
    nodes = rng.integers(0, net.nodes, n)
    link_set = rng.integers(0, net.link_sets, n)
    out, _ = agree(
        ground,
        "out[i, 0] = choose_link_set(net, state, a[i], b[i], c[i])\n"
        "out[i, 1] = link_station(net, state, d[i], a[i], c[i])\n"
        "out[i, 2] = far_end(net, d[i], a[i])\n"
        "out[i, 3] = octets_on(net, d[i], e[i])\n"
        "out[i, 4] = emission_ns(net, d[i], out[i, 3])\n"
        "out[i, 5] = discard_ns(net, d[i], e[i] >> 8)\n"
        "out[i, 6] = held_until_ns(net, state, d[i], c[i], f[i])\n"
        "out[i, 7] = waypoint(net, state, e[i] % (len(net.waypoint_first) - 1), c[i])",
        [
            nodes,
            rng.integers(0, net.nodes, n),
            rng.integers(0, 1 << net.sls_bits, n),
            link_set,
            rng.integers(0, net.msu_codes, n),
            rng.integers(0, 3 * SECOND, n),
        ],
        here._replace(moved_ns=rng.integers(0, 3 * SECOND, net.elements).tolist()),
        (
            *("legs.choose_link_set", "legs.link_station", "legs.far_end", "legs.octets_on"),
            *("legs.emission_ns", "legs.discard_ns", "failover.held_until_ns", "legs.waypoint"),
        ),
        results=8,
    )
    assert set(out[:, 7].tolist()) >= {-1} and set(out[:, 7].tolist()) <= {-1, *net.waypoint_node}
    assert len(set(out[:, 7].tolist())) > 1
    assert len(set(out[:, 5].tolist())) == 4 and (out[:, 6] < 0).any() and (out[:, 6] > 0).any()
    assert (out[:, 0] < 0).any() and len(set(out[:, 0].tolist())) > 5
    agree(
        ground,
        "out[i, 0] = take_down(net, state, a[i], d[i], b[i])\n"
        "out[i, 1] = bring_up(net, state, c[i], b[i])",
        [
            rng.integers(0, net.elements, 400),
            np.sort(rng.integers(0, 100 * SECOND, 400)),
            rng.integers(0, net.elements, 400),
            rng.choice([codes.DOWN, codes.DRAINING], 400),
        ],
        here,
        ("failover.take_down", "failover.bring_up"),
        results=2,
    )
    station = rng.integers(0, net.stations, n)
    out, _ = agree(
        ground,
        "out[i, 0] = enter_queue(state.free_ns, state.free_first[a[i]], net.station_servers[a[i]],"
        " b[i], c[i], d[i])",
        [
            station,
            np.sort(rng.integers(0, 100 * SECOND, n)),
            rng.integers(0, SECOND, n),
            rng.choice([0, SECOND, codes.NEVER], n),
        ],
        state,
        ("legs.enter_queue",),
    )
    assert (out == -1).any() and (out > 0).any()


def test_lines(ground: Ground, rng: np.random.Generator) -> None:
    """Who waits, who is next and how long a service takes is the same in both forms."""
    net, n = ground.lists, N // 8
    jobs = random_jobs(ground, rng, n)
    source = rng.integers(0, len(net.source_digest), n)
    out, _ = agree(
        ground,
        "band = band_of(net, a[i], b[i])\n"
        "out[i, 0] = band\n"
        "out[i, 1] = has_room(net, state, a[i])\n"
        "if c[i] > 3:\n"
        "    join_line(net, state, a[i], band)\n"
        "out[i, 2] = next_band(net, state, a[i])\n"
        "out[i, 3] = waiting_at(net, state, a[i])\n"
        "if c[i] < 3 and out[i, 2] >= 0:\n"
        "    leave_line(net, state, a[i], out[i, 2], d[i])\n"
        "elif c[i] == 3 and state.band_waiting[band] > 0:\n"
        "    give_up(net, state, a[i], band)\n"
        "if i % 500 == 0:\n"
        "    clear_line(net, state, a[i])\n"
        "out[i, 4] = service_time_ns(net, jobs[i], e[i], d[i])\n"
        "out[i, 5] = is_dialogue_pool(net, f[i], e[i] % net.pools)",
        [
            rng.integers(0, net.lines, n),
            source,
            rng.integers(0, 7, n),
            rng.integers(1, SECOND, n),
            rng.integers(0, net.stations, n),
            rng.integers(0, net.smscs, n),
        ],
        random_state(net, rng),
        (
            *("queues.band_of", "queues.has_room", "queues.join_line", "queues.next_band"),
            *("queues.waiting_at", "queues.leave_line", "queues.give_up", "queues.clear_line"),
            *("queues.service_time_ns", "limits.is_dialogue_pool"),
        ),
        results=6,
        jobs=jobs,
    )
    assert (out[:, 2] == codes.NOBODY).any() and len(set(out[:, 2].tolist())) > 5
    assert set(out[:, 1].tolist()) == set(out[:, 5].tolist()) == {0, 1}
    assert out[:, 3].max() > 5


def test_small_decisions(ground: Ground, rng: np.random.Generator) -> None:
    """Delays, channels, victims, causes, validity and ids are the same in both forms."""
    net, n = ground.lists, N // 8
    jobs = random_jobs(ground, rng, n)
    population = rng.integers(0, len(net.population_size), n)
    out, _ = agree(
        ground,
        "job = jobs[i]\n"
        "out[i, 0] = retry_delay_ns(net, a[i], job.cause, job.attempt)\n"
        "out[i, 1] = channel_ns(net, b[i], job.octets)\n"
        "out[i, 2] = is_victim(net, c[i], job.dialogues % 3, d[i], job.kind, job.smsc, e[i],"
        " job.stage % 3, f[i], job.submit_ns)\n"
        "out[i, 3] = validity_end_ns(net, job)\n"
        "out[i, 4] = sri_sm_cause(net, state, job)\n"
        "out[i, 5] = global_phone(net, job)\n"
        "out[i, 6] = message_id(job.source, d[i] >> 12)\n"
        "out[i, 7] = segment_id(out[i, 6], job.segment % 3, 3, job.stored % 64)\n"
        "out[i, 8] = phone_id(out[i, 5])\n"
        "out[i, 9] = dialogue_id(out[i, 7], job.dialogues)\n"
        "out[i, 10] = is_permanent(net, job)\n"
        "out[i, 11] = most_copies(1 + job.dialogues % 62)\n",
        [
            rng.integers(0, len(net.first_attempt_ns), n),
            population,
            rng.integers(0, net.elements, n),
            rng.integers(0, 600 * SECOND, n),
            rng.integers(0, len(codes.VERB_NAMES), n),
            rng.integers(-1, net.stations, n),
        ],
        random_state(net, rng),
        (
            *("retry.retry_delay_ns", "retry.is_permanent"),
            *("radio.channel_ns", "victims.is_victim"),
            *("deliver.validity_end_ns", "route.sri_sm_cause", "phones.global_phone"),
            *("network.message_id", "network.segment_id", "network.phone_id"),
            *("network.dialogue_id", "network.most_copies"),
        ),
        results=12,
        jobs=jobs,
    )
    assert set(out[:, 10].tolist()) == {0, 1}
    assert set(out[:, 2].tolist()) == {0, 1}
    assert set(out[:, 4].tolist()) >= {codes.OK, codes.UNKNOWN_SUBSCRIBER, codes.ABSENT_SUBSCRIBER}
    assert (out[:, 0] == -1).any() and (out[:, 0] > 0).any()


def test_quantiles(ground: Ground, rng: np.random.Generator) -> None:
    """Times drawn from tables of quantiles are the same in both forms."""
    shapes = ({"lognormal": {"median": "3 s", "sigma": 2}}, {"exponential": {"mean": "1 h"}})
    table = [row for shape in shapes for row in quantile_table(Shape.model_validate(shape))]
    lists = ground.lists._replace(quantile_ns=table)
    other = ground._replace(lists=lists, arrays=jit.by_reference(lists))
    n = N // 5
    distance = rng.integers(0, 1 << 52, n) >> rng.integers(0, 52, n)
    out, _ = agree(
        other,
        "out[i, 0] = drawn_ns(net, a[i], b[i], c[i], 7)\n"
        "out[i, 1] = quantile_between(net, max(a[i], 0) * 2500, d[i])",
        [
            rng.integers(-1, 2, n),
            rng.integers(-(1 << 63), 1 << 62, n),
            rng.integers(0, 1 << 20, n),
            distance,
        ],
        random_state(ground.lists, rng),
        ("quantiles.drawn_ns", "quantiles.quantile_between"),
        results=2,
    )
    assert (out[:, 0] == 0).any() and len(set(out[:, 0].tolist())) > n // 2


def test_outages(ground: Ground, rng: np.random.Generator) -> None:
    """The list of outages, whom they hit and what still works are the same in both forms."""
    net, n = ground.lists, N // 8
    agree(
        ground,
        "out[i, 0] = segment_of_dialogue(a[i])\n"
        "out[i, 1] = victim_signal(b[i], c[i])\n"
        "out[i, 2] = takes_work(net, state, d[i])",
        [
            rng.integers(0, 1 << 60, n),
            rng.integers(0, len(codes.KIND_NAMES), n),
            rng.integers(0, 3, n),
            rng.integers(0, net.stations, n),
        ],
        random_state(net, rng),
        ("network.segment_of_dialogue", "victims.victim_signal", "outages.takes_work"),
        results=3,
    )
    rows = ground.plain["outages.outages"](ground.lists)
    assert {change for _, change, _ in rows} == set(range(len(codes.OUTAGE_NAMES)))
    assert len(rows) > 50
    COMPARED.add("outages.outages")
    assert ground.machine["outages.outages"](ground.arrays) == rows


MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def _mix(z: int) -> int:
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def _signed(z: int) -> int:
    return z - (1 << 64) if z >> 63 else z


def plain_key(seed: int, digest: int, number: int) -> int:
    """Key of draws in whole numbers of Python."""
    z = _mix((seed + GOLDEN) & MASK)
    z = _mix(z ^ digest & MASK)
    return _signed(_mix((z + number * GOLDEN + GOLDEN) & MASK))


def plain_bits(key: int, occasion: int, purpose: int) -> int:
    """Bits of a key in whole numbers of Python."""
    return _mix((key + (occasion * 256 + purpose + 1) * GOLDEN) & MASK) >> 1


def test_draws(rng: np.random.Generator) -> None:
    """Draws give what their definition gives in whole numbers without end."""
    n = N // 5
    low, high = -(1 << 63), (1 << 63) - 1
    numbers = [[int(x) for x in rng.integers(low, high, n)] for _ in range(3)]
    numbers[2][::2] = [k % 1000 - 1 for k in numbers[2][::2]]
    for seed, digest, number in zip(*numbers, strict=True):
        key = draws.key_of(seed, digest, number)
        assert draws.in_python(draws.key_of)(seed, digest, number) == key
        assert key == plain_key(seed, digest, number)
        purpose = number & 15
        bits = draws.bits(key, number, purpose)
        assert bits == plain_bits(key, number, purpose)
        u = draws.uniform(key, number, purpose)
        assert u == ((bits >> 10) + 0.5) / 9007199254740992.0 and 0.0 < u < 1.0
        size = 1 + (seed & 0x7FFFFFFF)
        assert draws.below(key, number, purpose, size) == (bits >> 31) * size >> 32
        drawn = draws.exponential_ns(key, number, purpose, size)
        assert abs(drawn - 1 + size * math.log(u)) <= 1.0 + 1e-15 * size * 40


def test_reachable_walks_spells(rng: np.random.Generator) -> None:
    """A phone's spells, walked in plain Python from the draws, are those that `reachable` finds."""
    for key in rng.integers(-(1 << 62), 1 << 62, 2000).tolist():
        on_ns, off_ns, now = (int(x) for x in rng.integers(1, 1000, 3))
        is_on = draws.uniform(key, -1, codes.FOR_SPELL) < on_ns / (on_ns + off_ns)
        end, spell = 0, 0
        while True:
            end += draws.exponential_ns(key, spell, codes.FOR_SPELL, on_ns if is_on else off_ns)
            if end > now:
                break
            is_on, spell = not is_on, spell + 1
        assert draws.reachable(key, on_ns, off_ns, now) == (is_on, end, spell)
    assert draws.reachable(5, 100, 0, 77) == (True, codes.NEVER, 0)


def test_no_rule_is_forgotten(ground: Ground) -> None:
    """Every function of the rule book is compared above, or called by one that is."""
    known = {name.partition(".")[0] for name in ground.plain} | {"codes", *NOT_RULES}
    assert {module.__name__.rpartition(".")[2] for module in modules()} == known
    rules = {rule.__code__: name for name, rule in ground.plain.items()}
    reached: set[str] = set()
    new = [name for name in ground.machine if name in COMPARED]
    assert len(new) == len(COMPARED)
    while new:
        rule = ground.plain[new.pop()]
        reached.add(rules[rule.__code__])
        called = filter(inspect.isfunction, map(rule.__globals__.get, rule.__code__.co_names))
        called_rules = {rules[f.__code__] for f in called if f.__module__ != draws.__name__}
        new += called_rules - reached
    assert set(ground.plain) - reached == set()
