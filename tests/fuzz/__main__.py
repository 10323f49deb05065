"""`make fuzz`: each target under atheris for so many runs, and the control, whose bug has to be found."""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz import CONTROL, NAMES, target_of

RUNS = 100_000
SLOWEST_S = 60
"""One input that takes longer counts as found."""
FOUND = Path(sys.prefix) / "found"
STEP = re.compile(r"(#\d+\t\w+ |INFO: Instrumenting ).*\n")
DONE = re.compile(r"#(\d+)\s+DONE\s+(cov: \d+ ft: \d+ corp: \S+)")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all by default")
    parser.add_argument("--runs", type=int, default=RUNS, help="of each target")
    parser.add_argument("--seed", type=int, default=0, help="of chance; 0 takes another one each time")
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    FOUND.mkdir(exist_ok=True)
    is_found = played(CONTROL, given.runs, given.seed) is not None
    say(CONTROL, "its bug was found" if is_found else "ITS BUG WAS NOT FOUND: these runs say nothing")
    failed = [name for name in given.names or NAMES if not is_clean(name, given.runs, given.seed)]
    return int(bool(failed) or not is_found)


def is_clean(name: str, runs: int, seed: int) -> bool:
    told = played(name, runs, seed)
    if told is None:
        return True
    say(name, f"FOUND SOMETHING; again: {sys.executable} -m tests.fuzz.one {name} {FOUND}/{name}-…")
    sys.stdout.write(told)
    return False


def played(name: str, runs: int, seed: int) -> str | None:
    """None where all runs were done and nothing was found; otherwise what libFuzzer told."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="linli-fuzz-") as folder:
        for number, content in enumerate(seeds := target_of(name).seeds):
            (Path(folder) / f"{number:05}").write_bytes(content)
        kept = f"{folder}/" if name == CONTROL else f"{FOUND}/{name}-"
        options = f"-runs={runs}", f"-seed={seed}", f"-timeout={SLOWEST_S}", f"-artifact_prefix={kept}"
        command = [sys.executable, "-m", "tests.fuzz.one", name, folder, *options]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
    ended = DONE.search(done.stdout)
    if done.returncode or not ended:
        return STEP.sub("", done.stdout)
    runs, seconds = int(ended[1]), time.perf_counter() - began
    say(name, f"{runs:,} runs from {len(seeds):,} seeds in {seconds:.0f} s, nothing found; {ended[2]}")
    return None


def say(name: str, text: str) -> None:
    sys.stdout.write(f"{name:17} {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
