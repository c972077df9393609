"""
How hard a text is to read: the grade of Flesch and Kincaid, for plain English.

An estimate that counts letters, not a judgement: it cannot tell clear from
confused, only long from short.
"""

import re

__all__ = ["reading_grade"]

_SENTENCE = re.compile(r"[.!?:;]+(?:\s|$)")
_WORD = re.compile(r"[A-Za-z']+")
_VOWELS = re.compile(r"[aeiouy]+")


def reading_grade(text: str) -> float:
    """
    The school year in which this is read with ease; 0 for a text without words.

    Example:
        >>> reading_grade("Drink a glass of water. Then rest.") < 3
        True
        >>> reading_grade("Discontinuation necessitates professional re-evaluation.") > 12
        True
    """
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(len([part for part in _SENTENCE.split(text) if _WORD.search(part)]), 1)
    syllables = sum(_syllables(word.lower()) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    # A silent e at the end makes no syllable (`ache`), one after an l does (`muscle`).
    count = len(_VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee")):
        count -= 1
    return max(count, 1)
