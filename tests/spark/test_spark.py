"""
A real local Spark gives the rows of one machine, whatever happens to its workers.

Run by `make test-spark`; needs Java. Spark listens on 127.0.0.1 only.
"""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from twitchkb import KnowledgeBase, PackError
from twitchkb.batch import TableError, assess_table, simulate, spark

# What Spark says about the versions of others is not ours to mend.
pytestmark = [pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")]

PEOPLE = 4_000


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    """
    Two workers, and four attempts for a task.
    """
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    from pyspark.sql import SparkSession

    built = (
        SparkSession.builder.master("local[2,4]")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "500")
        .getOrCreate()
    )
    yield built
    built.stop()


@pytest.fixture(scope="session")
def people(kb: KnowledgeBase) -> pa.Table:
    """
    People of whom some cannot be read.
    """
    drawn = simulate(PEOPLE, kb=kb, seed=11)
    place = drawn.schema.get_field_index("age")
    ages = [999.0 if i % 97 == 0 else age for i, age in enumerate(drawn.column("age").to_pylist())]
    return drawn.set_column(place, drawn.schema.field("age"), pa.array(ages)).replace_schema_metadata(None)


@pytest.fixture(scope="session")
def units(people: pa.Table) -> dict[str, str]:
    """
    A Spark schema carries no units of Arrow fields; the call says them.
    """
    return {f.name: f.metadata[b"unit"].decode() for f in people.schema if f.metadata and b"unit" in f.metadata}


@pytest.fixture(scope="session")
def frame(session: Any, people: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """
    The people as a DataFrame.
    """
    import pyarrow.parquet as pq

    path = tmp_path_factory.mktemp("people") / "people.parquet"
    pq.write_table(people, path)
    return session.read.parquet(str(path))


@pytest.fixture(scope="session")
def expected(people: pa.Table, kb: KnowledgeBase) -> list[dict[str, Any]]:
    """
    The rows of one machine.
    """
    return assess_table(people, kb=kb).to_pylist()


def rows(frame: Any) -> list[dict[str, Any]]:
    found = frame.toArrow().to_pylist()
    return sorted(found, key=lambda row: row["person"])


@pytest.mark.parametrize("partitions", [1, 2, 7])
def test_the_rows_are_those_of_one_machine(
    frame: Any, expected: list[dict[str, Any]], kb: KnowledgeBase, units: dict[str, str], partitions: int
) -> None:
    """
    Row for row, bit for bit, however the people are spread.
    """
    found = rows(spark.assess(frame.repartition(partitions), kb=kb, units=units))

    assert found == expected
    assert sum(row["errors"] is not None for row in found) == -(-PEOPLE // 97)


def test_a_skewed_and_an_empty_partition_change_nothing(
    frame: Any, expected: list[dict[str, Any]], kb: KnowledgeBase, units: dict[str, str]
) -> None:
    """
    Almost everybody in one partition, nobody in some.
    """
    from pyspark.sql.functions import when

    key = when(frame.person < 10, frame.person).otherwise(1_000_000)
    skewed = frame.repartition(32, key)
    sizes = skewed.rdd.glom().map(len).collect()
    assert 0 in sizes
    assert max(sizes) > PEOPLE - 20

    assert rows(spark.assess(skewed, kb=kb, units=units)) == expected


def test_a_worker_that_is_killed_loses_nobody(
    frame: Any, expected: list[dict[str, Any]], kb: KnowledgeBase, units: dict[str, str], tmp_path: Path
) -> None:
    """
    Its task runs again elsewhere, and every row comes once.
    """
    died = tmp_path / "died"

    def die_once(batches: Iterator[Any]) -> Iterator[Any]:
        for number, batch in enumerate(batches):
            if number == 1 and not died.exists():
                died.write_text(str(os.getpid()))
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch

    killed = frame.repartition(3).mapInArrow(die_once, frame.schema)

    assert rows(spark.assess(killed, kb=kb, units=units)) == expected
    assert died.exists()


def test_a_worker_builds_the_knowledge_base_once(frame: Any, kb: KnowledgeBase, units: dict[str, str]) -> None:
    """
    For all partitions that come to it.
    """
    spark.assess(frame.repartition(8), kb=kb, units=units).count()

    def built(_: Any) -> Iterator[tuple[int, int]]:
        yield os.getpid(), len(spark._built)

    found = set(frame.rdd.context.parallelize(range(8), 8).mapPartitions(built).collect())

    assert all(number <= 1 for _, number in found)


def test_a_knowledge_base_that_arrives_changed_is_refused() -> None:
    """
    The digest is checked before anything is opened.
    """

    class Sent:
        value = b"something else"

    with pytest.raises(PackError, match="not the one sent"):
        spark._assessor(Sent(), "0" * 64, b"")


def test_columns_are_checked_on_the_driver(session: Any, kb: KnowledgeBase) -> None:
    """
    A misspelt column is told before anything runs.
    """
    frame = session.createDataFrame([(1, True)], "id long, twich_eyelid boolean")

    with pytest.raises(TableError, match="did you mean 'twitch_eyelid'"):
        spark.assess(frame, kb=kb)


def test_contributions_and_medicine_uses_pass_through(session: Any, kb: KnowledgeBase) -> None:
    """
    Nested columns go in and come out.
    """
    schema = "person long, tremor boolean, medicines array<struct<name:string,started_days:double>>"
    given = [(1, True, [("lithium", 9.0)]), (2, None, None)]
    arrow = pa.table(
        {
            "person": [1, 2],
            "tremor": [True, None],
            "medicines": [[{"name": "lithium", "started_days": 9.0}], None],
        }
    )

    found = rows(spark.assess(session.createDataFrame(given, schema), kb=kb, contributions=True))

    assert found == assess_table(arrow, kb=kb, contributions=True).to_pylist()
