"""Names as people call them, since fewer characters can be larger; the full name stands below in small letters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from dispatch.model.supply import Employer

_LEGAL_FORM = re.compile(r"(股份|集团|控股|有限责任)*(有限)?(责任)?公司(?!办)")
# 青岛啤酒 without its city is any beer, and 宁波银行 any bank.
_TELLING, _LEAST = 3, 2


def short_districts(names: Iterable[str]) -> dict[str, str]:
    """``胶州`` of 胶州市 by full name: a name of three characters goes without 市, 区 or 县, as long as no other
    district of the arrival would be called the same; a longer one would lose its meaning.
    """
    return _distinct({name: (name[:2] if len(name) == 3 and name[2] in "市区县" else name, name) for name in names})


def short_employers(employers: Iterable[Employer]) -> dict[str, str]:
    """``海湾电子`` of 青岛海湾电子有限公司 by employer id: without city and legal form, as long as nobody else at the
    arrival would be called the same.
    """
    return _distinct({employer.employer_id: (_short(employer), employer.name) for employer in employers})


def _distinct(named: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Of short and full name the short one, where no other has it."""
    times = Counter(short for short, _ in named.values())
    return {key: short if times[short] == 1 else full for key, (short, full) in named.items()}


def _short(employer: Employer) -> str:
    city = employer.city.removesuffix("市")
    plain = _LEGAL_FORM.sub("", employer.name, count=1)
    own = next((plain.removeprefix(p) for p in (f"{city}市", city) if city and plain.startswith(p)), plain)
    if len(own) >= _TELLING:
        return own
    return plain if own and len(plain) >= _LEAST else employer.name
