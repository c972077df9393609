"""
Ordinary use, never run: every type checker must accept it.
"""

from typing import assert_type

import twitchkb
from twitchkb import Assessment, KnowledgeBase, MedicineUse, Pack, Profile, Urgency

kb: KnowledgeBase = twitchkb.load(packs=[Pack.from_directory("pack")], strict=True)
profile = Profile(
    age=34,
    sex="female",
    findings={"twitch_eyelid": True, "sleep_hours": 5, "potassium": "3.1 mmol/L", "pregnant": None},
    medicines=("salbutamol", MedicineUse(name="Zoloft", started_days=9)),
)
answer = twitchkb.assess(profile, kb=kb)
assert_type(answer, Assessment)
assert_type(answer.urgency.level, Urgency)
assert_type(twitchkb.from_json(twitchkb.to_json(answer), Assessment), Assessment)
names: list[str] = [cause.name for cause in answer.causes if cause.share.high > 0.1]
questions = twitchkb.next_questions(profile, kb=kb, limit=3)
assert_type(questions, tuple[twitchkb.Question, ...])
asked: dict[str, str] = {question.finding: question.question for question in questions}
comparison = twitchkb.what_if(profile, {"sleep_hours": 8, "pregnant": None}, kb=kb)
assert_type(comparison, twitchkb.Comparison)
assert_type(twitchkb.modifiable(profile, kb=kb), tuple[twitchkb.Modifiable, ...])
assert_type(twitchkb.two_causes(profile, kb=kb), tuple[twitchkb.CausePair, ...])
