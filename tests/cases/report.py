"""
`make cases`: how the answers compare with published cases.

Two sets, both encoded by readers who did not see the expected cause. The first
was at hand while the data were written. The second was searched for afterwards,
so its figures show how the data do on cases that nobody had looked at.

Top-1 and top-3, family, urgency (exact, within one step, hazardous), and
over-triage of harmless cases; for all cases and without the weak fits (cramps,
tremor or stiffness rather than twitching). Hazardous, and never allowed: an
emergency answered `soon` or lower, an urgent case answered `routine` or lower.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

import twitchkb
from twitchkb import Assessment, Urgency

FIRST = Path(__file__).parent
SECOND = FIRST / "second"

# The data has a row of its own for three classes of medicine; the cases have one for all.
FINER = {
    "medication_induced": {
        "medication_induced",
        "ssri_side_effect",
        "antipsychotic_side_effect",
        "diuretic_side_effect",
    }
}


@attrs.frozen(kw_only=True)
class Outcome:
    """
    One case beside its answer.
    """

    case: dict[str, Any]
    answer: Assessment
    families: frozenset[str]

    @property
    def rank(self) -> int:
        """
        The place of the first expected cause, from 1; 999 where none is known.
        """
        wanted = set().union(*(FINER.get(cause, {cause}) for cause in self.case["expected_causes"]))
        places = [place for place, cause in enumerate(self.answer.causes, 1) if cause.id in wanted]
        return min(places, default=999)

    @property
    def right_family(self) -> bool:
        """
        Whether the first cause is of the family of an expected one.
        """
        return self.answer.causes[0].family in self.families

    @property
    def steps(self) -> int:
        """
        Steps of urgency too high (positive) or too low (negative).
        """
        return self.answer.urgency.level.rank - Urgency(self.case["expected_urgency"]).rank

    @property
    def is_hazardous(self) -> bool:
        """
        Whether somebody who needs help fast is told to wait.
        """
        expected, level = Urgency(self.case["expected_urgency"]), self.answer.urgency.level
        return (expected is Urgency.EMERGENCY and level <= Urgency.SOON) or (
            expected is Urgency.URGENT and level <= Urgency.ROUTINE
        )


def cases(folder: Path) -> list[dict[str, Any]]:
    """
    Every encoded case of a set, by id.
    """
    return [json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))]


def outcomes(kb: twitchkb.KnowledgeBase, folder: Path = FIRST) -> list[Outcome]:
    """
    Every case of a set with its answer.
    """
    family = {cause.id: cause.family for cause in kb.causes}
    return [
        Outcome(
            case=case,
            answer=twitchkb.assess(case["profile"], kb=kb),
            families=frozenset(family[cause] for cause in case["expected_causes"] if cause in family),
        )
        for case in cases(folder)
    ]


def summary(found: Sequence[Outcome]) -> Iterator[str]:
    """
    The figures of a set of outcomes, a line each.
    """
    number = len(found)

    def share(count: int, of: int = number) -> str:
        return f"{count:3d} of {of:3d}  {100 * count / max(of, 1):3.0f}%"

    yield f"  expected cause first           {share(sum(o.rank == 1 for o in found))}"
    yield f"  expected cause among three     {share(sum(o.rank <= 3 for o in found))}"
    yield f"  right family first             {share(sum(o.right_family for o in found))}"
    yield f"  urgency exact                  {share(sum(o.steps == 0 for o in found))}"
    yield f"  urgency within one step        {share(sum(abs(o.steps) <= 1 for o in found))}"
    yield f"  hazardous under-triage         {share(sum(o.is_hazardous for o in found))}"
    benign = [o for o in found if o.case["benign"]]
    calm = sum(o.answer.urgency.level <= Urgency.ROUTINE for o in benign)
    yield f"  benign at self-care or routine {share(calm, len(benign))}"
    alarmed = sum(o.answer.urgency.level >= Urgency.URGENT for o in benign)
    yield f"  benign at urgent or emergency  {share(alarmed, len(benign))}"


def misses(found: Sequence[Outcome]) -> Iterator[str]:
    """
    Each case that is not first, or more than one step off, with what came instead and why.
    """
    for outcome in found:
        if outcome.rank == 1 and abs(outcome.steps) <= 1 and not outcome.is_hazardous:
            continue
        case, answer = outcome.case, outcome.answer
        first = answer.causes[0]
        level = answer.urgency.level.value
        flag = " HAZARDOUS" if outcome.is_hazardous else ""
        weak = " [weak fit]" if case["weak_fit"] else ""
        yield f"  {case['id']}{weak}: expected {', '.join(case['expected_causes'])} (place {outcome.rank})"
        yield f"      first {first.id} {100 * first.share.value:.0f}%: {_why(first)}"
        if outcome.rank not in (1, 999):
            yield f"      expected: {_why(answer.causes[outcome.rank - 1])}"
        reasons = ", ".join(reason.id for reason in answer.urgency.reasons[:3])
        yield f"      urgency {level}, expected {case['expected_urgency']}{flag}: {reasons}"


def _why(cause: Any) -> str:
    parts = sorted(cause.contributions, key=lambda part: -abs(part.points))[:5]
    told = ", ".join(f"{part.finding}={part.state} {part.points:+.0f}" for part in parts)
    return f"prior {cause.prior.value:.0f}, {told}"


def main() -> int:
    """
    Print the report; the exit code counts hazardous cases of the first set.
    """
    kb = twitchkb.load()
    first, second = outcomes(kb, FIRST), outcomes(kb, SECOND)
    for name, found in (("FIRST SET", first), ("SECOND SET", second)):
        print(f"{name}: ALL {len(found)} CASES")
        print("\n".join(summary(found)))
        strict = [outcome for outcome in found if not outcome.case["weak_fit"]]
        print(f"\n{name}: WITHOUT WEAK FITS ({len(strict)})")
        print("\n".join(summary(strict)))
        print()
    print("MISSES")
    print("\n".join(misses([*first, *second])))
    return min(sum(outcome.is_hazardous for outcome in first), 1)


if __name__ == "__main__":
    sys.exit(main())
