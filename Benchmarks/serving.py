#!/usr/bin/env python3
"""Loads and kills `heed serve`: how much it takes, how quickly it answers, and whether anything acknowledged is ever lost.

    python3 Benchmarks/serving.py --heed .build/release/heed --bench .build/release/serving-bench [--kills 1000] [--json]

The load comes from a second program on the same machine over loopback, so that the two share its cores. The parts that need
PostgreSQL are left out with a word where there is none, and the full disk where no small file system can be mounted (that takes
root on Linux). What is measured, and what the figures were, is in docs/benchmarks-serving.md.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

sys.dont_write_bytecode = True  # Nothing is left beside the sources.


def run(command, **options):
    """Runs a command that prints JSON; what it printed, and whether it ended well."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, **options)
    try:
        return json.loads(done.stdout), done.returncode == 0
    except ValueError:
        return {"problems": [f"no result: {done.stdout[-300:]}"]}, False


def postgres_programs():
    """Where PostgreSQL's server programs are; nothing where they are not."""
    candidates = []
    if shutil.which("pg_config"):
        candidates.append(subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True).stdout.strip())
    candidates += sorted((str(p) for p in Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    return next((Path(c) for c in candidates if c and (Path(c) / "initdb").exists()), None)


@contextmanager
def postgres(folder):
    """A fresh PostgreSQL on loopback: its address and the command that restarts it in the middle of its work."""
    programs = postgres_programs()
    if programs is None:
        yield None, None
        return
    data = Path(folder) / "postgres"
    data.mkdir()
    # It refuses to run as root.
    other = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    if other:
        os.chmod(folder, 0o755)
        shutil.chown(data, "nobody", "nogroup")
    port = 20_000 + os.getpid() % 20_000
    quiet = {"stdout": subprocess.DEVNULL, "cwd": "/", "check": True}
    subprocess.run(
        [*other, programs / "initdb", "-D", data / "db", "-U", "heed", "--auth=trust", "-E", "UTF8", "--locale=C"], **quiet
    )
    options = f"-h 127.0.0.1 -p {port} -k {data}"
    control = [*other, programs / "pg_ctl", "-D", data / "db", "-w", "-l", data / "log", "-o", options]
    subprocess.run([*control, "start"], **quiet)
    # Whoever runs the command waits until all that inherited its files has ended, which a database does not.
    alone = [sys.executable, "-c", "import os, sys; os.closerange(3, 1024); os.execvp(sys.argv[1], sys.argv[1:])"]
    restart = shlex.join(str(part) for part in [*alone, *control, "-m", "immediate", "restart"])
    try:
        yield f"postgres://heed@127.0.0.1:{port}/postgres", "cd / && sleep 0.3 && " + restart
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def small_disk(megabytes=24):
    """A small file system of its own; nothing where none can be made."""
    folder = tempfile.mkdtemp(prefix="heed-disk-")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], stderr=subprocess.DEVNULL
    ) if sys.platform == "linux" else None
    try:
        yield Path(folder) if made and made.returncode == 0 else None
    finally:
        if made and made.returncode == 0:
            subprocess.run(["umount", folder])
        os.rmdir(folder)


def load_line(name, load, goal):
    statuses = ", ".join(f"{count} × {status}" for status, count in sorted(load["statuses"].items()))
    return (
        f"{name:<34} {load['answered']:>9.0f}/s of {load['asked']:.0f}/s asked   p50 {load['p50']:.1f} ms"
        f"  p99 {load['p99']:.1f} ms   {statuses}   {goal}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--heed", default=".build/release/heed")
    parser.add_argument("--bench", default=".build/release/serving-bench")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--million", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", choices=["measure", "kill", "full", "postgres"])
    given = parser.parse_args()
    results, good = {}, True

    def part(name, arguments):
        nonlocal good
        results[name], ended = run([given.bench, arguments[0], "--heed", given.heed, *arguments[1:]])
        good = good and ended

    def wanted(name):
        return given.only in (None, name)

    with tempfile.TemporaryDirectory(prefix="heed-serving-") as folder:
        if wanted("measure"):
            part("measure", ["measure", "--store", f"{folder}/measure.db", "--seconds", given.seconds, "--million", given.million])
        if wanted("kill"):
            part("kills", ["kill", "--store", f"{folder}/kill.db", "--kills", given.kills])
        if wanted("full"):
            with small_disk() as disk:
                if disk is None:
                    print("The full disk was left out: no small file system can be mounted here.", file=sys.stderr)
                else:
                    part("full disk", ["full", "--store", disk / "full.db", "--filler", disk / "filler"])
        if wanted("postgres"):
            with postgres(folder) as (address, restart):
                if address is None:
                    print("PostgreSQL was left out: it is not installed.", file=sys.stderr)
                else:
                    part("kills on PostgreSQL", ["kill", "--store", address, "--kills", max(1, given.kills // 5)])
                    subprocess.run(["psql", address, "-qc", "CREATE DATABASE restarts"], check=True)
                    other = address.rsplit("/", 1)[0] + "/restarts"
                    part(
                        "restarts of PostgreSQL",
                        ["kill", "--store", other, "--kills", given.restarts, "--instead", restart],
                    )
                    subprocess.run(["psql", address, "-qc", "CREATE DATABASE measure"], check=True)
                    part(
                        "measure on PostgreSQL",
                        ["measure", "--store", address.rsplit("/", 1)[0] + "/measure", "--seconds", given.seconds,
                         "--million", min(given.million, 200_000)],
                    )
    if given.json:
        print(json.dumps(results, indent=2))
    else:
        for name in ("measure", "measure on PostgreSQL"):
            if "ingestion" in results.get(name, {}):
                show(name, results[name])
        for name in ("kills", "full disk", "kills on PostgreSQL", "restarts of PostgreSQL"):
            if name in results:
                result = dict(results[name])
                problems = result.pop("problems")
                print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in result.items()))
                print("  nothing lost, nothing twice" if not problems else "  " + "\n  ".join(problems))
    sys.exit(0 if good else 1)


def show(name, figures):
    print(name)
    batches = dict(figures["ingestion"])
    print(load_line("batches of 100 votes", batches, f"= {batches['answered'] * 100:.0f} events/s; goal 20000"))
    print(load_line("decisions, while rewards come in", figures["decisions"], "goal 5000/s, p99 under 10 ms"))
    print(load_line("those rewards, batches of 100", figures["meanwhile"], f"{figures['trainings']} trainings meanwhile"))
    print(load_line(f"dashboard at {figures['events']} events", figures["page"], "goal under 200 ms"))
    print(load_line("ten times the ingestion", figures["overload"], f"then a request took {figures['recovery']:.1f} ms"))
    print(f"memory at the end: {figures['memory']:.0f} MB")


if __name__ == "__main__":
    main()
