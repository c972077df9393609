"""
`make bench`: import, first answer and single answer, beside bare attrs and an exact network, in one run.

Whole processes are timed in turn (A B A B ...), so that a machine whose speed
drifts does not favour one; medians and the ratio of pairs are printed. Answers
are timed on one person again and again, and on the people of the tests in turn,
because what was worked out for one person is partly remembered for the next.
"""

import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
from tests.packs.site import FINDING, Site

import twitchkb
from twitchkb import scoring
from twitchkb.engine import compile_knowledge

TESTS = Path(__file__).parent.parent / "tests"
FIRST = "kb = twitchkb.load(); twitchkb.assess({'findings': {'twitch_eyelid': True}}, kb=kb)"
INSIDE = (
    f"import twitchkb, time; twitchkb.assess; start = time.perf_counter(); {FIRST}; print(time.perf_counter() - start)"
)
PROFILE = {
    "age": 41,
    "sex": "female",
    "findings": {
        "twitch_calf": True,
        "twitch_eyelid": True,
        "twitch_fine": True,
        "muscle_cramps": True,
        "muscle_weakness": False,
        "muscle_wasting": False,
        "numbness_tingling": False,
        "excessive_worry": True,
        "health_anxiety": True,
        "sleep_hours": 5,
        "caffeine_mg_per_day": 450,
        "duration_days": 60,
        "speech_difficulty": False,
    },
}
RUNS = 15


def process(program: str) -> float:
    """
    Seconds of a whole interpreter that runs this program.
    """
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - start


def paired(name: str, program: str, beside: str) -> None:
    """
    Print the median of both programs and the median ratio of the pairs.
    """
    process(program), process(beside)
    pairs = [(process(program), process(beside)) for _ in range(RUNS)]
    first, second = (1e3 * statistics.median(each) for each in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{name:<52} {first:7.1f} ms   beside {second:7.1f} ms   ratio {ratio:.2f}")


def inside(name: str, program: str) -> None:
    """
    Print the median and the least of what fresh processes say they took.
    """
    found = []
    for _ in range(RUNS):
        told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
        found.append(1e3 * float(told))
    print(f"{name:<52} {statistics.median(found):7.1f} ms   least {min(found):7.1f} ms")


def repeated(name: str, call: Callable[[], object], number: int) -> float:
    """
    Print the median and the least of single calls.
    """
    call()
    times = []
    for _ in range(number):
        times.append(1e3 * seconds(call))
    median = statistics.median(times)
    print(f"{name:<52} {median:7.3f} ms   least {min(times):7.3f} ms")
    return median


def people() -> list[dict[str, Any]]:
    """
    Everybody in the tests: published cases and everyday people.
    """
    cases = [json.loads(file.read_text("utf-8"))["profile"] for file in sorted((TESTS / "cases").glob("c*.json"))]
    everyday = json.loads((TESTS / "data" / "everyday_people.json").read_text("utf-8"))["people"]
    return cases + [person["profile"] for person in everyday]


def smaller(kb: twitchkb.KnowledgeBase, number: int) -> twitchkb.KnowledgeBase:
    """
    The same knowledge with the commonest causes only.
    """
    common = sorted(kb.causes, key=lambda cause: -cause.prior.value)[:number]
    return attrs.evolve(kb, causes=tuple(sorted(common, key=lambda cause: cause.id)))


def network(kb: twitchkb.KnowledgeBase) -> Callable[[], object]:
    """
    The same answers in an exact naive Bayes network of pyAgrum (shares only: no groups, intervals, reasons, urgency).
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyagrum
    table = scoring.compile_scoring(kb)
    names = [cause.id for cause in kb.causes] + ["something_else"]
    net = pyagrum.BayesNet("peer")
    net.add(pyagrum.LabelizedVariable("cause", "cause", names))
    priors = [10 ** (prior.value / 10) for prior in table.priors] + [10 ** (table.something_else.value / 10)]
    net.cpt("cause").fillWith([prior / sum(priors) for prior in priors])
    answered = list(PROFILE["findings"])
    for finding in answered:
        net.add(pyagrum.LabelizedVariable(finding, finding, ["given", "other"]))
        net.addArc("cause", finding)
        for name in names:
            net.cpt(finding)[{"cause": name}] = [0.3, 0.7]

    def infer() -> object:
        inference = pyagrum.LazyPropagation(net)
        inference.setEvidence(dict.fromkeys(answered, "given"))
        inference.makeInference()
        return inference.posterior("cause")

    return infer


def discovery(others: int, packs: int) -> None:
    """
    Print what `load` spends on installed packs, some of many distributions: `load()` beside `load(plugins=False)`.
    """
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        for i in range(others):
            site.install(f"other{i}", "", entry=False)
        for i in range(packs):
            site.install_data(f"p{i}", {"findings/signs.json": [{"id": f"p{i}:glow", **FINDING}]})
        sys.path.insert(0, folder)
        twitchkb.load(strict=True)
        pairs = [(seconds(twitchkb.load), seconds(lambda: twitchkb.load(plugins=False))) for _ in range(RUNS)]
        sys.path.remove(folder)
    more = [1e3 * (found - alone) for found, alone in pairs]
    name = f"load(): {packs} packs among {others + packs} more distributions"
    print(f"{name:<52} {statistics.median(more):+7.1f} ms   least {min(more):+7.1f} ms")


def seconds(call: Callable[[], object]) -> float:
    """
    Seconds of a single call.
    """
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> None:
    """
    Run everything and print a line each.
    """
    paired("import twitchkb, beside import attrs", "import twitchkb", "import attrs")
    paired("the whole process to a first answer", f"import twitchkb; {FIRST}", "import attrs")
    inside("load() and first assess together", INSIDE)
    kb = twitchkb.load()
    repeated("load() again", twitchkb.load, 7)
    discovery(95, 5)
    answers = len(PROFILE["findings"]) + 2
    single = repeated(
        f"assess, {answers} answers, {len(kb.causes)} causes", lambda: twitchkb.assess(PROFILE, kb=kb), 500
    )
    few = smaller(kb, 25)
    repeated(f"assess, {answers} answers, {len(few.causes)} causes", lambda: twitchkb.assess(PROFILE, kb=few), 500)
    everybody = people()
    turn = itertools.cycle(everybody)
    repeated(f"assess, {len(everybody)} people in turn", lambda: twitchkb.assess(next(turn), kb=kb), 4 * len(everybody))
    table = compile_knowledge(kb).scoring

    def afresh() -> object:
        table.answered.clear()
        return twitchkb.assess(PROFILE, kb=kb)

    repeated("assess, no group of answers remembered", afresh, 200)
    peer = repeated("pyAgrum LazyPropagation, the same answers", network(kb), 50)
    print(f"{'pyAgrum over twitchkb':<52} {peer / single:7.2f} times")


if __name__ == "__main__":
    main()
