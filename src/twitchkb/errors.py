"""
Every error and warning that the library raises on purpose.

One root, few leaves, standard parents. A reader collects all faults it finds
and raises once; the faults live in `args`, so that an error survives pickling.
"""

from collections.abc import Iterable

import attrs

__all__ = [
    "Issue",
    "PackError",
    "PackWarning",
    "ProfileError",
    "ReadError",
    "TwitchKBError",
    "UnknownIdError",
]


@attrs.frozen(order=True)
class Issue:
    """
    One fault: where it is, and what to do about it.

    Example:
        >>> print(Issue("$.findings.twich_eyelid", "unknown finding"))
        $.findings.twich_eyelid: unknown finding
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class TwitchKBError(Exception):
    """
    The root of everything that twitchkb raises on purpose.

    Example:
        >>> issubclass(ProfileError, TwitchKBError)
        True
    """


class ReadError(TwitchKBError, ValueError):
    """
    Some text or object cannot be read; `issues` holds every fault found.

    Example:
        >>> ReadError([Issue("$", "expected an object")]).issues[0].path
        '$'
    """

    def __init__(self, issues: Iterable[Issue]) -> None:
        super().__init__(tuple(issues))

    @property
    def issues(self) -> tuple[Issue, ...]:
        """
        Every fault, in the order in which it was found.
        """
        found: tuple[Issue, ...] = self.args[0]
        return found

    def __str__(self) -> str:
        return "\n".join(str(issue) for issue in self.issues)


class ProfileError(ReadError):
    """
    The profile cannot be read; `issues` holds every fault found.

    Example:
        >>> try:
        ...     raise ProfileError([Issue("$.age", "expected a number, got 'old'")])
        ... except ValueError as error:
        ...     print(error)
        $.age: expected a number, got 'old'
    """


class PackError(ReadError):
    """
    A pack cannot be loaded; the path of each fault begins with its file.

    Example:
        >>> print(PackError([Issue("acme/pack.json", "no such file")]))
        acme/pack.json: no such file
    """


class UnknownIdError(TwitchKBError, LookupError):
    """
    No record has this id; the message names the nearest one.

    Example:
        >>> issubclass(UnknownIdError, LookupError)
        True
    """


class PackWarning(UserWarning):
    """
    A pack was refused; the host goes on without it.

    Example:
        >>> issubclass(PackWarning, UserWarning)
        True
    """
