"""Other programs that count segments, installed for one run in a folder of their own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

PYTHON_PEER = """
import json, sys, time
import smsutil
texts = json.load(open(sys.argv[1], encoding="utf-8"))
begun = time.perf_counter()
counts = [len(smsutil.split(text).parts) for text in texts]
print(json.dumps([time.perf_counter() - begun, counts]))
"""

NODE_PEER = """
const splitter = require('split-sms');
const texts = JSON.parse(require('fs').readFileSync(process.argv[2], 'utf-8'));
const begun = process.hrtime.bigint();
const counts = texts.map(text => splitter.split(text).parts.length);
console.log(JSON.stringify([Number(process.hrtime.bigint() - begun) / 1e9, counts]));
"""


def install(folder: Path) -> dict[str, list[str]]:
    """Commands of the peers that could be installed, by name and version."""
    commands = {}
    python = folder / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    pip = [python, "-m", "pip", "-qq", "--disable-pip-version-check", "install", "smsutil"]
    if subprocess.run(pip, check=False, stderr=subprocess.DEVNULL).returncode == 0:
        (folder / "peer.py").write_text(PYTHON_PEER)
        asked = "from importlib.metadata import version; print(version('smsutil'))"
        found = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True)
        commands[f"smsutil {found.stdout.strip()}"] = [str(python), str(folder / "peer.py")]
    else:
        print("smsutil: could not be installed; left out")
    npm = ["npm", "install", "--silent", "--no-fund", "--prefix", str(folder), "split-sms"]
    has_node = shutil.which("node") and shutil.which("npm")
    if has_node and subprocess.run(npm, check=False, capture_output=True).returncode == 0:
        (folder / "peer.js").write_text(NODE_PEER)
        package = json.loads((folder / "node_modules/split-sms/package.json").read_text())
        commands[f"split-sms {package['version']}"] = ["node", str(folder / "peer.js")]
    else:
        print("split-sms: needs node and npm; left out")
    return commands


def measure(command: list[str], file: Path) -> tuple[float, list[int]]:
    """Seconds that a peer takes for the texts of a JSON file, and its counts."""
    found = subprocess.run([*command, file], check=True, capture_output=True, text=True)
    seconds, counts = json.loads(found.stdout)
    return seconds, counts
