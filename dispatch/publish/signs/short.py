"""Names as people call them, since fewer characters can be larger; the full name stands below in small letters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from dispatch.model.supply import Employer

_LEGAL_FORM = re.compile(r"(股份|集团|控股|有限责任)*(有限)?(责任)?公司(?!办)")
_LEAST = 2


def short_district(name: str) -> str:
    """``胶州`` of 胶州市: a name of three characters goes without 市, 区 or 县; a longer one would lose its meaning."""
    return name[:2] if len(name) == 3 and name[2] in "市区县" else name


def short_employers(employers: Iterable[Employer]) -> dict[str, str]:
    """``海湾电子`` of 青岛海湾电子有限公司 by employer id: without city and legal form, as long as nobody else at the
    arrival would be called the same.
    """
    named = {employer.employer_id: (_short(employer), employer.name) for employer in employers}
    times = Counter(short for short, _ in named.values())
    return {key: short if times[short] == 1 else full for key, (short, full) in named.items()}


def _short(employer: Employer) -> str:
    name = employer.name
    for prefix in (f"{employer.city.removesuffix('市')}市", employer.city.removesuffix("市")):
        if prefix and name.startswith(prefix):
            name = name.removeprefix(prefix)
            break
    short = _LEGAL_FORM.sub("", name, count=1)
    return short if len(short) >= _LEAST else employer.name
