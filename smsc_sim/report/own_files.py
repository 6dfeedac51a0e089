"""Files of a folder that this program has written there before: no others are written over."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from smsc_sim.content.errors import ContentError
from smsc_sim.results.storage import ResultsError, json_bytes, read_json, write_bytes


def write_own(folder: Path, content: Mapping[str, bytes], record: str, source: Path) -> list[Path]:
    """Write files into a folder, once it is certain that none of them is somebody else's.

    Parameters
    ----------
    folder : Path
        Made when absent.
    content : mapping of str to bytes
        By name.
    record : str
        Name of the JSON file that keeps the SHA-256 of each; it decides what may be replaced: what
        is as we wrote it.
    source : Path
        That the content was made of; it is never written over.

    Returns
    -------
    list of Path
        The files of `content`, in its order.

    Raises
    ------
    ContentError
        If a file is there that is not as we wrote it; nothing is written then.
    """
    kept = folder / record
    known = _known(kept)
    for name in content:
        file = folder / name
        if not file.exists():
            continue
        is_ours = file.is_file() and _digest(file.read_bytes()) in known.get(name, ())
        if not is_ours or file.samefile(source):
            raise ContentError(f"{file}: is there already; choose another folder: --out")
    digests = {name: [_digest(data)] for name, data in content.items()}
    # Old and new at first: should writing break off, all that lies there is still known as ours.
    names = sorted({*known, *digests})
    both = {name: [*known.get(name, ()), *digests.get(name, ())] for name in names}
    write_bytes(kept, json_bytes({"files": both}))
    for name, data in content.items():
        write_bytes(folder / name, data)
    write_bytes(kept, json_bytes({"files": digests}))
    return [folder / name for name in content]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _known(record: Path) -> dict[str, list[str]]:
    """SHA-256 of the files that we wrote, by name."""
    if not record.exists():
        return {}
    try:
        return {str(name): list(digests) for name, digests in read_json(record)["files"].items()}
    except (ResultsError, OSError, KeyError, TypeError, AttributeError):
        raise ContentError(
            f"{record}: is there already and lists no files; choose another folder: --out"
        ) from None
