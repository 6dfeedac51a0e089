"""Files that a scenario may read: inside its folder, of bounded size, in UTF-8."""

from __future__ import annotations

import hashlib
from pathlib import Path

from smsc_sim.scenario.errors import Place, Problem, Refusal, ScenarioError

LARGEST_FILE = 20_000_000  # octets


def read_bytes(path: Path, name: str) -> tuple[bytes, str]:
    """Content of a file and its SHA-256.

    Parameters
    ----------
    path : Path
        File to read.
    name : str
        How the file is called in errors.

    Raises
    ------
    ScenarioError
        If it is missing, no regular file, unreadable or too large.
    """
    try:
        if path.is_dir():
            raise _refused(name, "is a folder", "name a file in it")
        if not path.exists():
            raise _refused(name, "does not exist", "check the name and the folder")
        if not path.is_file():
            raise _refused(name, "is no regular file", "name a file")
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not valid"
        raise _refused(name, f"cannot be read ({reason})", "check the file") from None
    if len(data) > LARGEST_FILE:
        raise _refused(name, f"is larger than {LARGEST_FILE // 10**6} MB", "make it smaller")
    return data, hashlib.sha256(data).hexdigest()


def decode(data: bytes, name: str) -> str:
    """Text of UTF-8 bytes, without a byte order mark.

    Raises
    ------
    ScenarioError
        If they are not UTF-8; the line of the first wrong octet is named.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _refused(name, "is UTF-16, not UTF-8", "save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = Place(name, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        wrong = Problem(place, "", f"octet 0x{data[error.start]:02X} is not UTF-8")
        raise ScenarioError([f"{wrong}; save the file as UTF-8"], name) from None
    return text


def inside(folder: Path, base: Path, text: str | None) -> Path:
    """Path of a file that a scenario names, which must lie in the scenario's folder.

    Parameters
    ----------
    folder : Path
        Folder of the scenario file, resolved.
    base : Path
        Folder of the file that names it.
    text : str or None
        The name, relative to `base`.

    Raises
    ------
    Refusal
        If it is absolute or leads out of the folder, also by a symbolic link.
    """
    if not text:
        raise Refusal("needs the name of a file", "write e.g. sites.yaml", show_value=False)
    if "\x00" in text or "\\" in text or ":" in text[:3] or Path(text).is_absolute():
        raise Refusal("must be a relative path with '/'", "write e.g. sites/two_sites.yaml")
    target = (base / text).resolve()
    if not target.is_relative_to(folder):
        raise Refusal("leads out of the scenario's folder", "copy the file into the folder")
    return target


def _refused(name: str, problem: str, remedy: str) -> ScenarioError:
    return ScenarioError([str(Problem(Place(name), "", problem, None, remedy))], name)
