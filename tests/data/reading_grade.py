"""
How hard a text is to read: its Flesch-Kincaid grade, with a few words that people know counted as short.

`python -m tests.data.reading_grade` prints every text of the dataset that is too hard, the hardest first.
"""

import re

import textstat

import twitchkb
from tests.data.patient_texts import patient_texts
from twitchkb import KnowledgeBase

__all__ = ["HARDEST", "KNOWN_WORDS", "grade", "known_words"]

HARDEST = 8.0
"""
The reading grade of a twelve-year-old.
"""

KNOWN_WORDS = {
    "twitch, twitches, twitching": "what people come with; no shorter word means it",
    "potassium, magnesium, calcium, sodium, phosphate": "the words on a blood result and on a packet",
    "medicine, medicines": "children know it, and drug means something else to many",
    "emergency, ambulance": "everybody knows whom to call, and these stand on the sign",
    "professional": "stands for doctor, nurse, midwife or pharmacist at once",
    "vitamin, thyroid, diabetes, epilepsy, electrolytes": "the name that a person was given for it",
    "multiple sclerosis, spinal muscular atrophy, dystrophy": "the same",
    "seizure, seizures": "the word in the leaflets, beside fit",
    "caffeine, alcohol": "what is in the cup; coffee or wine would be too narrow",
    "dehydration": "the name of a cause, explained where it stands",
    "antidepressant, antidepressants, antibiotic": "the word on the leaflet and at the chemist's",
}
"""
Words that count as one syllable, each line with its reason.
"""


def known_words(kb: KnowledgeBase) -> re.Pattern[str]:
    """
    What counts as one short word: the list above, and the names of medicines, which people copy from the box.
    """
    names = {name for each in kb.medicines for name in (each.name, *each.names, *each.brands)}
    words = {word for line in KNOWN_WORDS for word in line.split(", ")}
    longest_first = sorted(names | words, key=lambda word: (-len(word), word))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)


def grade(text: str, known: re.Pattern[str]) -> float:
    """
    The Flesch-Kincaid grade, to one decimal.
    """
    return round(textstat.flesch_kincaid_grade(known.sub("salt", text)), 1)


if __name__ == "__main__":
    kb = twitchkb.load()
    known = known_words(kb)
    graded = [(grade(text, known), place, text) for place, text in patient_texts(kb)]
    hard = sorted((each for each in graded if each[0] > HARDEST), reverse=True)
    for found, place, text in hard:
        print(f"{found:5.1f}  {place}: {text}")
    print(f"{len(hard)} of {len(graded)} texts are above {HARDEST}")
