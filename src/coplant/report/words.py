"""Texts in each language, from the message files of the report and of the packages in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "fr")
"""Languages that have a message file; the first is shown where the browser asks for none of them."""


@dataclass(frozen=True)
class Words:
    """Texts in one language.

    Parameters
    ----------
    language : str
        Its code, as in ``<html lang>``.
    texts : mapping of str to str
        Text by key; a key is the path in the message file, joined by dots.
    """

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its values filled in.

        Raises
        ------
        KeyError
            The message file has no such key, or the text names a value that is not given.
        """
        return self.texts[key].format_map(values)

    def known(self, key: str, otherwise: str) -> str:
        """Return a text, or what is given where the message file has no such key."""
        return self.texts.get(key, otherwise)

    def counted(self, key: str, count: float, **values: object) -> str:
        """Return a text for a count: ``key.one`` or ``key.other``, by the rule of the language."""
        one = count == 1 if self.language == "en" else count < 2
        return self(f"{key}.{'one' if one else 'other'}", count=count, **values)


@cache
def words_of(language: str, package: str = "coplant.report") -> Words:
    """Read the message file of a language that a package has."""
    text = files(package).joinpath("messages", f"{language}.toml").read_text(encoding="utf-8")
    return Words(language, _flat(tomllib.loads(text)))


def _flat(tree: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in tree.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = str(value)
    return flat
