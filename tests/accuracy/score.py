"""Examine the injected faults as `keras-triage check` does and print how well it does.

Run as `python -m tests.accuracy.score`.
"""

from __future__ import annotations

import argparse
import asyncio
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
from .kept import all_kept, keep, kept
from .outcome import Outcome
from .sampling import sample
from .shared_host import SharedHost, with_shared_host
from .tables import everything
from .written import written_programs

WRITTEN = "written"

COMMAND = f"{shlex.quote(str(Path(sys.executable).parent / 'keras-triage'))}"


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def command_line(folder: Path, command: str, timeout: float) -> Outcome:
    """The outcome of the command itself, in a process of its own."""
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
        return Outcome({"error": f"no report in {timeout:.0f} s"}, timeout, None)
    seconds = time.perf_counter() - started
    try:
        report: dict[str, Any] = json.loads(output, parse_constant=_refuse)
    except ValueError as problem:
        last = (errors or output).strip().splitlines()[-1:] or [str(problem)]
        report = {"error": f"exit {process.returncode}, no valid JSON: {last[0][:160]}"}
    return Outcome(report, seconds, process.returncode)


def judged(program: LabelledProgram, scratch: Path, outcome: Outcome) -> Judgement:
    """Judge a program; its report is kept beside it."""
    keep(program, scratch, outcome)
    result = judge(program.truth, outcome.report, outcome.seconds, outcome.exit_status)
    good = result.top1 if result.faulty else not result.alarm
    ranked = ", ".join(f"{c.id} {c.status} {c.confidence:.2f}" for c in result.ranked[:3])
    got = f"[{result.symptom}] {ranked} {result.error or ''}"
    wanted = ", ".join(result.causes) or "healthy"
    mark = "ok " if good else "BAD"
    print(f"{mark} {result.id:<56} {outcome.seconds:>6.1f} s  {wanted}  got {got}", flush=True)
    return result


def program_alone(program: LabelledProgram, scratch: Path) -> Path:
    """A folder that holds nothing but the program: the truth must not be at hand while it is examined."""
    folder = write(program, scratch / "alone")
    for name in ("truth.yaml", "fixed.py"):
        (folder / name).unlink(missing_ok=True)
    return folder


def chosen(
    half: str | None, slice_name: str | None, only: Sequence[str], size: int | None, seed: int
) -> tuple[LabelledProgram, ...]:
    """The programs of a half, a slice or a list; a sample is the same at every run."""
    if half == WRITTEN:
        programs = written_programs()
    else:
        programs = labelled_programs(half, slice_ids(slice_name) if slice_name else ())
    if only:
        programs = tuple(p for p in programs if any(word in p.mutant.id for word in only))
    return programs if size is None else sample(programs, size, seed)


def by_command(
    programs: Iterable[LabelledProgram], scratch: Path, command: str, jobs: int, timeout: float
) -> list[Judgement]:
    """Judge what the command prints, `jobs` at a time."""

    def one(program: LabelledProgram) -> Judgement:
        return judged(program, scratch, command_line(program_alone(program, scratch), command, timeout))

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, programs))


def by_shared_host(programs: Iterable[LabelledProgram], scratch: Path, jobs: int, timeout: float) -> list[Judgement]:
    """Judge the same dialogue without the command around it: TensorFlow is imported once for all."""

    async def work(host: SharedHost) -> list[Judgement]:
        free = asyncio.Semaphore(jobs)

        async def one(program: LabelledProgram) -> Judgement:
            async with free:
                return judged(program, scratch, await host.check(program_alone(program, scratch)))

        return await asyncio.gather(*(one(program) for program in programs))

    return with_shared_host(work, timeout)


def main() -> int:
    """Print the tables; exit status 0 whatever they say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("train", "check", WRITTEN), help="written: the scripts that are in neither")
    parser.add_argument("--slice", dest="slice_name", choices=("small",))
    parser.add_argument("--only", nargs="*", default=[], help="ids, or parts of ids")
    parser.add_argument("--sample", type=int, metavar="N", help="so many programs, spread over causes and bases")
    parser.add_argument("--seed", type=int, default=0, help="another sample for each number (default 0)")
    parser.add_argument("--most", type=int, metavar="N", help="examine so many and leave the rest to the next run")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument(
        "--command",
        nargs="?",
        const=COMMAND,
        help="run the command for each program (default: the same checks in this process, with one import for all)",
    )
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds for one check")
    parser.add_argument(
        "--folder",
        type=Path,
        help="where programs and results are kept; what has a result there is not examined again "
        "(default: a temporary folder)",
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = arguments.folder or Path(temporary)
        wanted = chosen(arguments.half, arguments.slice_name, arguments.only, arguments.sample, arguments.seed)
        programs = [one for one in wanted if kept(one, scratch) is None][: arguments.most]
        if arguments.command:
            by_command(programs, scratch, arguments.command, arguments.jobs, arguments.timeout)
        else:
            by_shared_host(programs, scratch, arguments.jobs, arguments.timeout)
        done = all_kept(wanted, scratch)
    results = [
        judge(one.program.truth, one.outcome.report, one.outcome.seconds, one.outcome.exit_status) for one in done
    ]
    print(f"\n{len(done)} of {len(wanted)} programs\n\n" + everything(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
