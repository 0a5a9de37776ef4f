"""File and folder names from the user's data that no system trips over and no path escapes with."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Mapping
from hashlib import sha256
from typing import TypeVar

KEPT = 40
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_UNWANTED = re.compile(r"[^\w()·-]+")
_Key = TypeVar("_Key", bound=Hashable)


def digest(label: str) -> str:
    """Eight hexadecimal digits that tell apart labels which look alike once cleaned."""
    return sha256(label.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def clean(label: str) -> str:
    """``label`` by NFKC with only letters, digits and ``_()·-`` left, at most 40 characters; may be empty.

    Dots, slashes of any width, quotes, direction marks and shell characters become ``_`` or vanish.
    """
    kept = _UNWANTED.sub("_", unicodedata.normalize("NFKC", label)).strip("_-")[:KEPT].strip("_-")
    return f"_{kept}" if _RESERVED.fullmatch(kept) else kept


def safe_name(label: str) -> str:
    """A name for one file or folder; a hash suffix follows where cleaning changed more than blanks."""
    cleaned = clean(label)
    return cleaned if cleaned and cleaned == re.sub(r"\s+", "_", label) else hashed_name(label, label)


def hashed_name(label: str, key: str) -> str:
    """The cleaned ``label`` and the digest of ``key``: stable, and distinct for distinct keys."""
    return "_".join(filter(None, (clean(label), digest(key))))


def distinct_names(labels: Mapping[_Key, str]) -> dict[_Key, str]:
    """One safe name per key for files of one folder; names that clash, upper or lower case, get the key's digest."""
    names = {key: safe_name(label) for key, label in labels.items()}
    times = Counter(name.casefold() for name in names.values())
    return {
        key: name if times[name.casefold()] == 1 else hashed_name(labels[key], repr(key)) for key, name in names.items()
    }
