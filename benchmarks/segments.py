"""Segments per second from Arrow strings on one core, beside other programs in the same run.

usage: python -m benchmarks.segments [MESSAGES] [ROUNDS]
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.peers import install, measure
from smsc_sim.content.vector import segments_of

WORDS = """
    your order parcel code account please call before after meeting today tomorrow balance
    payment received delivery street number thank you for the with and from until monday
""".split()  # noqa: SIM905
CJK = "您的订单已经发货请注意查收谢谢今天明天快递验证码账户余额"
ARABIC = "مرحبا طلبك جاهز للاستلام شكرا لك رمز التحقق الخاص بك"
EMOJI = ["😀", "🎉", "👍🏽", "🇫🇮", "👨\u200d👩\u200d👧", "❤\ufe0f"]
PEER_TEXTS = 20_000
WAYS: dict[str, dict[str, Any]] = {
    "smsc_sim": {},
    "smsc_sim, tables of one language": {"languages": ("turkish",)},
    "smsc_sim, tables of three": {"languages": ("turkish", "spanish", "portuguese")},
    "smsc_sim, grapheme boundaries": {"boundary": "grapheme"},
}


def sentence(rng: np.random.Generator, length: int) -> str:
    """Words up to about a length."""
    words: list[str] = []
    while sum(map(len, words)) + len(words) < length:
        words.append(WORDS[rng.integers(len(WORDS))])
    return " ".join(words)


def plain(rng: np.random.Generator) -> str:
    """A text of about 100 characters of GSM 7-bit."""
    return sentence(rng, int(rng.integers(80, 120)))


def mixed(rng: np.random.Generator) -> str:
    """Half one-time passwords, a tenth each of what is hard, the rest plain."""
    kind = rng.integers(10)
    if kind < 5:
        return f"Your code is {rng.integers(10**6):06d}. Do not share it."
    if kind == 5:
        return sentence(rng, int(rng.integers(200, 500))) + " {100 €} [~]" * int(rng.integers(1, 9))
    if kind == 6:
        letters = CJK if rng.integers(2) else ARABIC
        return "".join(letters[k] for k in rng.integers(0, len(letters), rng.integers(20, 160)))
    if kind == 7:
        return sentence(rng, int(rng.integers(30, 140))) + EMOJI[rng.integers(len(EMOJI))]
    if kind == 8:
        return "“" + sentence(rng, int(rng.integers(40, 200))) + "” – it’s…"
    return plain(rng)


def main(messages: int, rounds: int) -> None:
    """Print messages per second of everyone, and who agrees."""
    rng = np.random.default_rng(1)
    makers = {"about 100 plain characters": plain, "mixed": mixed}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peers = install(folder)
        print(
            f"{messages:,} messages, median of {rounds} rounds on one core; {platform.machine()}, "
            f"Python {platform.python_version()}, numpy {np.__version__}, pyarrow {pa.__version__}"
        )
        for title, maker in makers.items():
            few = [maker(rng) for _ in range(PEER_TEXTS)]
            file = folder / "texts.json"
            file.write_text(json.dumps(few), encoding="utf-8")
            many = pa.array((few * (messages // PEER_TEXTS + 1))[:messages], pa.large_string())
            print(f"{title} (mean {statistics.mean(map(len, few)):.0f} characters)")
            compare(many, few, file, peers, rounds)


def compare(
    many: pa.Array, few: list[str], file: Path, peers: dict[str, list[str]], rounds: int
) -> None:
    """One row per program, interleaved, with the ratio and the counts that differ."""
    wanted = segments_of(few)["segments"].tolist()
    speeds: dict[str, list[float]] = {way: [] for way in WAYS} | {peer: [] for peer in peers}
    wall: list[float] = []
    different: dict[str, int] = {}
    for _ in range(rounds):
        for way, options in WAYS.items():
            begun, clock = time.process_time(), time.perf_counter()
            segments_of(many, **options)
            speeds[way].append(len(many) / (time.process_time() - begun))
            if not options:
                wall.append(len(many) / (time.perf_counter() - clock))
        for peer, command in peers.items():
            seconds, counts = measure(command, file)
            speeds[peer].append(len(few) / seconds)
            different[peer] = sum(a != b for a, b in zip(counts, wanted, strict=True))
    ours = statistics.median(wall)  # as the peers are measured
    for way in WAYS:
        print(f"  {way:<34}{statistics.median(speeds[way]):>14,.0f} messages/s of processor time")
    print(f"  {'smsc_sim, wall':<34}{statistics.median(wall):>14,.0f} messages/s")
    for peer in peers:
        theirs = statistics.median(speeds[peer])
        print(
            f"  {peer:<34}{theirs:>14,.0f} messages/s  ours is {ours / theirs:,.0f} times as fast; "
            f"{different[peer]:,} of {len(few):,} counts differ"
        )


if __name__ == "__main__":
    asked = [int(float(value)) for value in sys.argv[1:]]
    main(*asked, *(2_000_000, 5)[len(asked) :])
