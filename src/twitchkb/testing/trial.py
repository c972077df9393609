"""
One function that tries every law on the bundled dataset with any packs, and says what it found.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator

import attrs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from ..packs import Pack
from .laws import LAWS, LOADING_LAWS, PACK_LAWS, loading
from .laws.parts import Silent
from .worlds import beside_the_core

__all__ = ["LawReport", "check_laws"]

# Each trial of this law starts two processes, and looks at several people in both.
_ONCE = (loading.law_13_the_same_input_and_data_give_the_same_bytes,)


@attrs.frozen(kw_only=True)
class LawReport:
    """
    Which laws hold, and which had nothing to be tried on.

    A law that is silent was not broken and was not tested either: `silent` pairs
    it with the reason.

    Example:
        >>> print(LawReport(held=("law_01",), silent=(("law_21", "no laboratory test"),)))
        1 law holds
        silent: law_21: no laboratory test
    """

    held: tuple[str, ...]
    silent: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        counted = "1 law holds" if len(self.held) == 1 else f"{len(self.held)} laws hold"
        return "\n".join([counted, *(f"silent: {law}: {why}" for law, why in self.silent)])


def check_laws(*packs: Pack, max_examples: int = 25) -> LawReport:
    """
    Run every law over the bundled dataset with these packs.

    Where packs are given, half of what is drawn is theirs. Law 25 is not among
    the laws: it is about many people at once, and lives with the batch engine.

    Args:
        packs: the packs to hold to the laws; none checks the bundled dataset alone.
        max_examples: how many people each law is tried on.

    Returns:
        The laws that held, and those that had nothing to say, with the reason.

    Raises:
        PackError: a pack cannot be loaded.
        ExceptionGroup: a law is broken; each member tells which, and for whom.

    Example:
        >>> report = check_laws(max_examples=1)
        >>> [law for law in report.held if law.startswith("law_07")]
        ['law_07_shares_are_no_less_than_0_and_sum_to_1']
    """
    trials = dict(_trials(packs))
    held: list[str] = []
    silent: list[tuple[str, str]] = []
    broken: list[Exception] = []
    for name, law in trials.items():
        once = getattr(law, "func", None) in _ONCE
        try:
            why = _tried(law, max_examples=1 if once else max_examples)
        except Exception as error:  # noqa: BLE001  # whatever a law ends in, the others are tried as well
            error.add_note(f"while trying {name}")
            broken.append(error)
        else:
            if why:
                silent.append((name, why))
            else:
                held.append(name)
    if broken:
        raise ExceptionGroup(f"{len(broken)} of {len(trials)} laws are broken", broken)
    return LawReport(held=tuple(held), silent=tuple(silent))


def _trials(packs: tuple[Pack, ...]) -> Iterator[tuple[str, Callable[[st.DataObject], None]]]:
    kb = beside_the_core(*packs)
    for law in LAWS:
        yield law.__name__, functools.partial(law, kb)
    for about_all in LOADING_LAWS:
        yield about_all.__name__, functools.partial(about_all, packs)
    for about_one in PACK_LAWS:
        if not packs:
            yield about_one.__name__, _without_packs
        for pack in packs:
            yield f"{about_one.__name__} ({pack.id})", functools.partial(about_one, pack, packs)


def _without_packs(_: st.DataObject) -> None:
    raise Silent("no pack beside the core")


def _tried(law: Callable[[st.DataObject], None], *, max_examples: int) -> str:
    """
    Why the law had nothing to say; empty where it was tried, and holds.
    """
    reasons: list[str] = []
    spoken = False

    def trial(data: st.DataObject) -> None:
        nonlocal spoken
        try:
            law(data)
        except Silent as silence:
            reasons.append(str(silence.reason))
        else:
            spoken = True

    chosen = settings(
        max_examples=max_examples,
        deadline=None,
        database=None,
        # Making a failing example small takes minutes on a whole knowledge base; the first one is told as it is.
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    with contextlib.suppress(Unsatisfiable):
        chosen(given(st.data())(trial))()
    if spoken:
        return ""
    return reasons[-1] if reasons else "nobody who was drawn is somebody it speaks about"
