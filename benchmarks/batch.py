"""
`make bench-batch`: many people at once, beside scikit-learn and a bare `mapInArrow`, in one run.

Everything is timed in turn (A B A B ...) and given as medians, with the median
ratio of the pairs, because a shared machine drifts. Each part can be run alone:
`python benchmarks/batch.py kernel table files rows answers memory spark`.
"""

import os

# Before NumPy loads: one core means one core.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[variable] = "1"

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.sparse as sp

import twitchkb
from twitchkb.batch import Assessor, assess_batches, simulate
from twitchkb.batch.columns import plan, read_columns
from twitchkb.batch.kernel import Encoded, TokenTable, encode, points, share_values
from twitchkb.batch.medicines import MedicineBook
from twitchkb.engine import compile_knowledge
from twitchkb.model import KnowledgeBase

PAIRS = 7
PEOPLE = 200_000
CAUSES = 70
STRETCH = 4096
QUESTIONS = 60


def main() -> None:
    wanted = sys.argv[1:] or ["kernel", "table", "files", "rows", "answers", "memory"]
    kb = twitchkb.load()
    for name in wanted:
        PARTS[name](kb)


def cores(number: int) -> None:
    """
    Work on so many cores from here on.
    """
    os.sched_setaffinity(0, set(range(number)))
    pa.set_cpu_count(number)


def taken(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def paired(one: Callable[[], object], other: Callable[[], object], pairs: int = PAIRS) -> tuple[float, float, float]:
    """
    The medians of both, and the median of how many times as long the other took.
    """
    one(), other()
    found = [(taken(one), taken(other)) for _ in range(pairs)]
    return (
        statistics.median(a for a, _ in found),
        statistics.median(b for _, b in found),
        statistics.median(b / a for a, b in found),
    )


def commonest(kb: KnowledgeBase, number: int) -> KnowledgeBase:
    """
    The same knowledge with its commonest causes only.
    """
    kept = {cause.id for cause in sorted(kb.causes, key=lambda cause: -cause.prior.value)[:number]}
    return attrs.evolve(kb, causes=tuple(cause for cause in kb.causes if cause.id in kept))


def encoded(kb: KnowledgeBase, people: pa.Table) -> tuple[Encoded, TokenTable]:
    compiled = compile_knowledge(kb)
    tokens = TokenTable(compiled)
    batch = people.combine_chunks().to_batches()[0]
    read = read_columns(batch, plan(people.schema, compiled), compiled, MedicineBook(compiled))
    return encode(read, tokens), tokens


def kernel(kb: KnowledgeBase) -> None:
    """
    Encoded input, 70 causes: points, shares, scikit-learn on the same columns, and the second core.

    Twice: people who told their medicines, which answers a further 18 groups (none of
    these is taken), and people who did not, who have the 17 answers that the peers were measured with.
    """
    kb = commonest(kb, CAUSES)
    people = simulate(PEOPLE, kb=kb, seed=1)
    medicines = people.column_names.index("medicines")
    untold = people.set_column(medicines, people.field(medicines), pa.nulls(PEOPLE, people.field(medicines).type))
    for each in (untold, people):
        kernel_of(*encoded(kb, each))


def kernel_of(people: Encoded, tokens: TokenTable) -> None:
    from sklearn.naive_bayes import MultinomialNB

    parts = [people.part(first, min(first + STRETCH, PEOPLE)) for first in range(0, PEOPLE, STRETCH)]

    def own_points(some: Sequence[Encoded] = parts) -> None:
        for part in some:
            points(part, tokens, ends=False)

    def own_shares(some: Sequence[Encoded] = parts) -> None:
        for part in some:
            share_values(points(part, tokens, ends=False).value, tokens)

    def with_ends() -> None:
        for part in parts:
            points(part, tokens)

    def on_two(work: Callable[[Sequence[Encoded]], None]) -> None:
        # A thread a half: handing over every stretch would be timed too.
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, (parts[::2], parts[1::2])))

    # The peer takes a token a group; whose medicines are summed once for all is our own affair.
    apart = people.apart()
    peer = MultinomialNB()
    peer.classes_ = np.arange(CAUSES)
    peer.class_log_prior_ = tokens.priors.value * np.log(10) / 10
    peer.feature_log_prob_ = np.stack([tokens.row(t)[0] for t in range(tokens.rows.used)], axis=1) * np.log(10) / 10
    peer.n_features_in_ = tokens.rows.used
    shape = (PEOPLE, tokens.rows.used)
    same = {
        kind.__name__: sp.csr_matrix((np.ones(len(apart.tokens), kind), apart.tokens, apart.starts), shape=shape)
        for kind in (np.float64, np.float32)
    }
    per_person = len(apart.tokens) / PEOPLE
    size = f"{CAUSES} causes, {PEOPLE:,} people, {per_person:.1f} answered groups each, {tokens.rows.used:,} rows"
    print(f"\nKERNEL: {size}")
    cores(1)
    for name, matrix in same.items():
        ours, theirs, ratio = paired(own_shares, lambda matrix=matrix: peer.predict_log_proba(matrix))
        line(f"shares, beside MultinomialNB ({name})", ours, theirs, ratio)
    ours, theirs, ratio = paired(own_points, own_shares)
    line("points, beside points and shares", ours, theirs, ratio)
    ours, theirs, ratio = paired(own_points, with_ends)
    line("points, beside points with low and high", ours, theirs, ratio)
    cores(2)
    # Four times over, so that starting two threads is a small part of it.
    parts *= 4
    for name, work in (("points", own_points), ("shares", own_shares)):
        ours, theirs, ratio = paired(lambda work=work: on_two(work), lambda work=work: work(parts))
        line(f"{name} on two cores, beside one", ours, theirs, ratio, 4 * PEOPLE)


def line(name: str, ours: float, theirs: float, ratio: float, people: int = PEOPLE) -> None:
    print(f"  {name:<46} {people / ours:>11,.0f}/s   beside {people / theirs:>11,.0f}/s   ratio {ratio:.2f}")


def table(kb: KnowledgeBase) -> None:
    """
    From an Arrow table to the first three causes with intervals, urgency and reasons.
    """
    print(f"\nTABLE: {PEOPLE:,} people, about 18 answers each")
    for number in (CAUSES, len(kb.causes)):
        own = commonest(kb, number)
        people = simulate(PEOPLE, kb=own, seed=1)
        for columns in (people, questionnaire(people)):
            assessor = Assessor(columns.schema, kb=own)

            def run(threads: int, columns: pa.Table = columns, assessor: Assessor = assessor) -> None:
                for _ in assess_batches(columns.to_batches(), assessor, threads=threads):
                    pass

            cores(1)
            first = taken(lambda: run(1))
            again = statistics.median(taken(lambda: run(1)) for _ in range(PAIRS))
            cores(2)
            two, _, ratio = paired(lambda: run(2), lambda: run(1), 5)
            name = f"{number} causes, {columns.num_columns} columns"
            print(
                f"  {name:<28} first time {PEOPLE / first:>9,.0f}/s   then {PEOPLE / again:>9,.0f}/s"
                f"   two cores {PEOPLE / two:>9,.0f}/s, {ratio:.2f} times one"
            )


def questionnaire(people: pa.Table, most: int = QUESTIONS) -> pa.Table:
    """
    The columns that most people answered, as a questionnaire of that length would have.
    """
    answers = sorted(people.column_names[3:], key=lambda name: people.column(name).null_count)[:most]
    return people.select(["person", *dict.fromkeys([*answers, "medicines"])])


def files(kb: KnowledgeBase) -> None:
    """
    From Parquet to Parquet, on one core.
    """
    print(f"\nFILES: Parquet to Parquet, one core, {len(kb.causes)} causes")
    cores(1)
    people = simulate(PEOPLE, kb=kb, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        for columns in (people, questionnaire(people)):
            source = Path(folder) / "people.parquet"
            write(source, columns, 5)
            seconds, rss = command(source)
            rows = 5 * PEOPLE
            speed = f"{rows / seconds:>9,.0f}/s, start included"
            print(f"  {columns.num_columns:>3} columns, {rows:,} rows: {speed}; {rss:,.0f} MiB")


def write(path: Path, columns: pa.Table, times: int) -> None:
    with pq.ParquetWriter(path, columns.schema) as writer:
        for _ in range(times):
            writer.write_table(columns, row_group_size=PEOPLE)


# What a process is said to have held at most counts its parent before the start; the kernel's own count does not.
CHILD = """
import re, sys
from pathlib import Path
from twitchkb.cli import main
code = main(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
sys.exit(code)
"""


def command(source: Path) -> tuple[float, float]:
    """
    Seconds and greatest memory (MiB) of `twitchkb batch` in a process of its own.
    """
    output = source.with_name("answers.parquet")
    words = [sys.executable, "-c", CHILD, "batch", str(source), str(output), "--overwrite"]
    start = time.perf_counter()
    told = subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    seconds = time.perf_counter() - start
    output.unlink()
    return seconds, int(told.split()[-1]) / 1024


def memory(kb: KnowledgeBase) -> None:
    """
    The same people once, five times and twenty times: what the process holds at most.
    """
    print("\nMEMORY: Parquet to Parquet, one core, a questionnaire")
    cores(1)
    people = questionnaire(pa.concat_tables([simulate(PEOPLE, kb=kb, seed=seed) for seed in range(5)]))
    with tempfile.TemporaryDirectory() as folder:
        for times in (1, 5, 20):
            source = Path(folder) / "people.parquet"
            write(source, people, times)
            seconds, rss = command(source)
            rows = times * people.num_rows
            print(f"  {rows:>12,} rows  {seconds:>7.1f} s  {rows / seconds:>9,.0f}/s  at most {rss:,.0f} MiB")


def rows(kb: KnowledgeBase) -> None:
    """
    Cost against rows, on one core; ten million are the same million ten times.
    """
    print(f"\nROWS: one core, {len(kb.causes)} causes, a questionnaire in memory")
    cores(1)
    people = questionnaire(pa.concat_tables([simulate(PEOPLE, kb=kb, seed=seed) for seed in range(5)]))
    assessor = Assessor(people.schema, kb=kb)

    def batches(number: int) -> Iterator[Any]:
        while number > 0:
            yield from people.slice(0, number).to_batches(max_chunksize=65_536)
            number -= people.num_rows

    for number in (10_000, 100_000, 1_000_000, 10_000_000):
        start = time.perf_counter()
        done = sum(batch.num_rows for batch in assess_batches(batches(number), assessor))
        seconds = time.perf_counter() - start
        print(f"  {done:>12,} rows  {seconds:>8.2f} s  {1e6 * seconds / done:>6.2f} us a row")


def answers(kb: KnowledgeBase) -> None:
    """
    Cost against how many findings a person answered, on one core.
    """
    print(f"\nANSWERS: one core, {len(kb.causes)} causes, all columns")
    cores(1)
    for answered in (5, 10, 20, 40, 80):
        people = simulate(100_000, kb=kb, seed=1, answered=float(answered))
        assessor = Assessor(people.schema, kb=kb)

        def run(people: pa.Table = people, assessor: Assessor = assessor) -> None:
            for _ in assess_batches(people.to_batches(), assessor):
                pass

        run()
        seconds = statistics.median(taken(run) for _ in range(3))
        print(f"  about {answered:>3} answered  {1e6 * seconds / 100_000:>6.2f} us a row")


def spark(kb: KnowledgeBase) -> None:
    """
    A local Spark on two workers, beside `mapInArrow` with a kernel that only hands over a result.
    """
    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    from pyspark.sql import SparkSession

    cores(2)
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "65536")
        .getOrCreate()
    )
    for number in (CAUSES, len(kb.causes)):
        spark_of(commonest(kb, number), session)
    session.stop()


def spark_of(kb: KnowledgeBase, session: Any) -> None:
    from twitchkb.batch import spark as ours

    people = questionnaire(simulate(PEOPLE, kb=kb, seed=1))
    units = {f.name: f.metadata[b"unit"].decode() for f in people.schema if f.metadata and b"unit" in f.metadata}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "people.parquet"
        write(source, people, 5)
        frame = session.read.parquet(str(source)).repartition(4).cache()
        total = frame.count()
        done = ours.assess(frame, kb=kb, units=units)
        one = Assessor(people.schema, kb=kb, units=units).assess(
            people.slice(0, 65_536).combine_chunks().to_batches()[0]
        )
        empty_of = one.schema.names

        def empty(batches: Iterator[Any]) -> Iterator[Any]:
            # The same columns out, without any work: what Spark itself costs.
            for batch in batches:
                yield one.slice(0, batch.num_rows) if batch.num_rows <= one.num_rows else one

        bare = frame.mapInArrow(empty, done.schema)

        def all_of(result: Any) -> Callable[[], object]:
            return lambda: result.write.format("noop").mode("overwrite").save()

        size = f"{len(kb.causes)} causes, {total:,} rows, {people.num_columns} columns in, {len(empty_of)} out"
        print(f"\nSPARK: local[2], {size}")
        own, peer, ratio = paired(all_of(done), all_of(bare))
        line("twitchkb, beside the empty kernel", own, peer, ratio, total)


PARTS = {
    "kernel": kernel,
    "table": table,
    "files": files,
    "rows": rows,
    "answers": answers,
    "memory": memory,
    "spark": spark,
}


if __name__ == "__main__":
    main()
    print(f"\nmost memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
