"""
Laws 12, 13, 16, 29 and 38 of loading packs: what they may do to each other, to the core, and to a reader.
"""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import attrs
from hypothesis import strategies as st
from importlib_resources.abc import Traversable

from ...engine import assess
from ...errors import PackError
from ...model import KnowledgeBase
from ...packs import Pack
from ...profile import MedicineUse, Profile
from ...wire import to_json
from ..folders import Folder
from ..worlds import answer, anybody, beside_the_core, profiles
from ..worlds import packs as some_packs
from .parts import dice_of, needs, shuffled
from .reading import JSON

PEOPLE = 8
PROGRAM = """
import hashlib, json, sys
told = json.load(sys.stdin)
sys.path[:] = told["path"]
import twitchkb
packs = [twitchkb.Pack.from_directory(folder) for folder in told["packs"]]
kb = twitchkb.load(packs=packs, plugins=False, strict=True)
answers = [twitchkb.to_json(twitchkb.assess(person, kb=kb)) for person in told["people"]]
print(hashlib.sha256("".join(answers).encode()).hexdigest())
"""


def law_12_permuting_packs_and_their_files_changes_no_byte(packs: tuple[Pack, ...], data: st.DataObject) -> None:
    """
    It does not show who was installed first, nor in which order a disk lists its files.
    """
    needs(packs, "no pack beside the core")
    kb, dice = beside_the_core(*packs), dice_of(data)
    profile = data.draw(anybody(kb))
    mixed = [_kept(pack, dict(shuffled(_files(pack).items(), dice))) for pack in shuffled(packs, dice)]

    assert to_json(assess(profile, kb=beside_the_core(*mixed))) == to_json(assess(profile, kb=kb))


def law_13_the_same_input_and_data_give_the_same_bytes(packs: tuple[Pack, ...], data: st.DataObject) -> None:
    """
    An answer can be replayed anywhere.

    The same people are assessed in two processes of their own, with different
    hash seeds, where everything is read anew from folders, and by four threads
    of this process. Other machines and versions of Python are for your
    continuous integration to try.
    """
    kb = beside_the_core(*packs)
    people = [data.draw(anybody(kb)) for _ in range(PEOPLE)]

    with tempfile.TemporaryDirectory() as folder:
        written = [_written(pack, Path(folder, pack.id)) for pack in packs]
        told = {"path": sys.path, "packs": written, "people": [json.loads(to_json(person)) for person in people]}
        digests = {_elsewhere(json.dumps(told), seed) for seed in ("0", "4711")}
    digests |= set(_by_threads(kb, people))

    assert len(digests) == 1


def law_16_unloading_a_pack_restores_the_earlier_output(
    pack: Pack, packs: tuple[Pack, ...], data: st.DataObject
) -> None:
    """
    A pack is a guest: when it goes, everything is as it was, byte for byte.
    """
    others = tuple(other for other in packs if other.id != pack.id)
    kb = beside_the_core(*others)
    profile = data.draw(profiles(kb))
    before = to_json(assess(profile, kb=kb))

    assess(profile, kb=beside_the_core(*packs))

    assert to_json(assess(profile, kb=beside_the_core(*others))) == before


def law_29_loading_a_pack_never_lowers_the_urgency(pack: Pack, packs: tuple[Pack, ...], data: st.DataObject) -> None:
    """
    Whatever a pack adds, and whatever is answered to its questions, nobody is told to wait longer.

    Beside the urgency, every rule that fired still fires, and no upper points
    of a grave cause are lower: floors rest on these.
    """
    without = beside_the_core(*(other for other in packs if other.id != pack.id))
    kb = beside_the_core(*packs)
    profile = data.draw(_people_near_danger(kb, f"{pack.id}:"))
    bare = [answer for answer in profile.findings if not answer[0].startswith(f"{pack.id}:")]

    alone, together = assess(attrs.evolve(profile, findings=bare), kb=without), assess(profile, kb=kb)

    assert together.urgency.level >= alone.urgency.level
    raised = {reason.id for reason in alone.urgency.reasons if reason.kind in ("red_flag", "floor", "stop")}
    assert raised <= {reason.id for reason in together.urgency.reasons}
    upper = {cause.id: cause.points.high for cause in together.causes}
    for cause in alone.causes:
        assert kb.cause(cause.id).floor is None or upper[cause.id] >= cause.points.high


def law_38_a_broken_pack_is_refused_and_named(packs: tuple[Pack, ...], data: st.DataObject) -> None:
    """
    Whatever stands in its files, the host gets an answer or a refusal that names the pack.

    One file of a pack is cut, garbled, or gets a value that does not belong there.
    Where no pack is given, one is made up.
    """
    pack = data.draw(st.sampled_from(packs) if packs else some_packs())
    files = _files(pack)
    name = data.draw(st.sampled_from(sorted(files)))
    files[name] = data.draw(_broken(files[name]))

    # Anything but a refusal would come out here, and would stop a host.
    with contextlib.suppress(PackError):
        loaded = beside_the_core(_kept(pack, files)).packs
        assert pack.id in [each.id for each in loaded]


def _files(pack: Pack) -> dict[str, bytes]:
    """
    Every file of the pack, by its path.
    """
    found: dict[str, bytes] = {}

    def walk(folder: Traversable, path: str) -> None:
        for entry in folder.iterdir():
            if entry.is_dir():
                walk(entry, f"{path}{entry.name}/")
            elif entry.name.endswith(".json"):
                found[f"{path}{entry.name}"] = entry.read_bytes()

    walk(pack.root, "")
    return found


def _kept(pack: Pack, files: dict[str, bytes]) -> Pack:
    """
    The pack as it was offered, with these files.
    """
    return attrs.evolve(pack, root=Folder(files))


def _written(pack: Pack, folder: Path) -> str:
    for name, content in _files(pack).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return str(folder)


def _elsewhere(told: str, seed: str) -> str:
    """
    The digest of the answers that another process gives.
    """
    done = subprocess.run(  # noqa: S603  # this interpreter, and a program that stands above
        [sys.executable, "-c", PROGRAM],
        input=told,
        text=True,
        encoding="utf-8",
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _by_threads(kb: KnowledgeBase, people: list[Profile]) -> list[str]:
    digests: list[str] = []

    def work() -> None:
        answers = [to_json(assess(person, kb=kb)) for person in people]
        digests.append(hashlib.sha256("".join(answers).encode()).hexdigest())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(digests) == len(threads)
    return digests


@st.composite
def _broken(draw: st.DrawFn, content: bytes) -> bytes:
    """
    The file with something wrong in it.
    """
    place = draw(st.integers(0, len(content)))
    how = draw(st.sampled_from(["cut", "garbled", "value", "value", "value", "key"]))
    if how == "cut":
        return content[:place]
    if how == "garbled":
        return content[:place] + draw(st.binary(min_size=1, max_size=4)) + content[place + 1 :]
    value = json.loads(content)
    spots = list(_spots(value))
    if not spots:
        return json.dumps(draw(JSON)).encode()
    owner, key = draw(st.sampled_from(spots))
    if how == "key" and isinstance(owner, dict):
        owner[draw(st.text(max_size=8))] = owner.pop(key)
    else:
        owner[key] = draw(JSON)
    return json.dumps(value).encode()


def _spots(value: Any) -> list[tuple[Any, Any]]:
    """
    Every place in a JSON value that holds another, as the owner and the key.
    """
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [spot for key in keys for spot in ((value, key), *_spots(value[key]))]


@st.composite
def _people_near_danger(draw: st.DrawFn, kb: KnowledgeBase, prefix: str) -> Profile:
    """
    People who answer what one grave cause asks for, and everything that the pack asks.
    """
    own = [finding for finding in kb.findings if finding.id.startswith(prefix) and finding.when is None]
    grave = [cause for cause in kb.causes if cause.floor is not None]
    asked = [kb.finding(link.finding) for link in draw(st.sampled_from(grave)).evidence] if grave else []
    answers: dict[str, Any] = {
        finding.id: draw(answer(finding))
        for finding in (*asked, *own)
        if finding.when is None and finding.id not in ("age", "sex")
    }
    if draw(st.booleans()):
        answers |= {question.finding: False for question in kb.gate.questions if ":" not in question.finding}
    names = [m.name for m in kb.medicines if len(kb.medicines_named(m.name)) == 1]
    theirs = [m.name for m in kb.medicines if m.id.startswith(prefix)] or names
    uses = st.builds(
        MedicineUse, name=st.sampled_from(names) | st.sampled_from(theirs), stopped_days=st.none() | st.integers(0, 20)
    )
    medicines = draw(st.none() | st.lists(uses, max_size=2, unique_by=lambda use: use.name).map(tuple))
    return attrs.evolve(draw(profiles(kb, most=4)), findings=answers, medicines=medicines)
