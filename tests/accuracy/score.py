"""Run `keras-triage check` on the injected faults and print how well it does: `python -m tests.accuracy.score`."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from .generate import LabelledProgram, labelled_programs, slice_ids, write
from .judging import Judgement, judge
from .tables import everything

COMMAND = f"{shlex.quote(str(Path(sys.executable).parent / 'keras-triage'))}"


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def check(
    program: LabelledProgram, folder: Path, command: str, timeout: float
) -> tuple[dict[str, Any], float, int | None]:
    """One report, the seconds it took, and the exit status; a report that did not come is `{"error": ...}`."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [*shlex.split(command), "check", "train.py", "--format", "json"],
        cwd=folder,
        text=True,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return {"error": f"no report in {timeout:.0f} s"}, timeout, None
    seconds = time.perf_counter() - started
    try:
        report: dict[str, Any] = json.loads(output, parse_constant=_refuse)
    except ValueError as problem:
        last = (errors or output).strip().splitlines()[-1:] or [str(problem)]
        return {"error": f"exit {process.returncode}, no valid JSON: {last[0][:160]}"}, seconds, process.returncode
    return report, seconds, process.returncode


def judged(program: LabelledProgram, scratch: Path, command: str, timeout: float) -> Judgement:
    """Generate, check and judge one program; its report stays beside it."""
    folder = write(program, scratch)
    for name in ("truth.yaml", "fixed.py"):
        (folder / name).unlink(missing_ok=True)
    report, seconds, status = check(program, folder, command, timeout)
    write(program, scratch)
    (folder / "report.json").write_text(json.dumps(report, indent=1))
    result = judge(program.truth, report, seconds, status)
    good = result.top1 if result.faulty else not result.alarm
    ranked = ", ".join(f"{c.id} {c.status} {c.confidence:.2f}" for c in result.ranked[:3])
    got = f"[{result.symptom}] {ranked} {result.error or ''}"
    wanted = ", ".join(result.causes) or "healthy"
    print(
        f"{'ok ' if good else 'BAD'} {result.id:<56} {seconds:>6.1f} s  {wanted}  got {got}",
        flush=True,
    )
    return result


def chosen(
    half: str | None, slice_name: str | None, only: Sequence[str], sample: int | None
) -> tuple[LabelledProgram, ...]:
    """The programs of a half, a slice or a list; a sample is the same at every run."""
    programs = labelled_programs(half, slice_ids(slice_name) if slice_name else ())
    if only:
        programs = tuple(p for p in programs if any(word in p.mutant.id for word in only))
    if sample is not None:
        programs = tuple(sorted(programs, key=lambda p: hashlib.sha256(p.mutant.id.encode()).hexdigest())[:sample])
    return programs


def run_all(
    programs: Iterable[LabelledProgram], scratch: Path, command: str, jobs: int, timeout: float
) -> list[Judgement]:
    """Judge programs, `jobs` at a time."""
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda program: judged(program, scratch, command, timeout), programs))


def main() -> int:
    """Print the tables; exit status 0 whatever they say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("train", "check"))
    parser.add_argument("--slice", dest="slice_name", choices=("small",))
    parser.add_argument("--only", nargs="*", default=[], help="ids, or parts of ids")
    parser.add_argument("--sample", type=int, help="so many programs, the same at every run")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--command", default=COMMAND)
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds for one check")
    parser.add_argument(
        "--folder", type=Path, help="where programs and reports are written (default: a temporary folder)"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = arguments.folder or Path(temporary)
        programs = chosen(arguments.half, arguments.slice_name, arguments.only, arguments.sample)
        results = run_all(programs, scratch, arguments.command, arguments.jobs, arguments.timeout)
    print("\n" + everything(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
