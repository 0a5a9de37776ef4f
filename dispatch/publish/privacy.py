"""What each audience may see of a person, and how the rest is masked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

# Two-character surnames common enough that cutting them in half would misname somebody.
_COMPOUND = (
    "欧阳 上官 司马 诸葛 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 司空 东方 独孤 南宫 夏侯 端木 轩辕 淳于 申屠 "
    "闻人 东郭 西门 呼延 钟离 澹台 公冶 太叔 濮阳 赫连 万俟 单于 第五 百里 拓跋 完颜 纳兰 鲜于 闾丘"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())
ID_SHOWN = 4


class Audience(StrEnum):
    """Who a published file is for."""

    LEADER = "leader"
    EMPLOYER = "employer"
    TOWNSHIP = "township"
    COUNTY = "county"
    CITY = "city"
    PUBLIC = "public"
    OFFICE = "office"
    PERSON = "person"
    GATEWAY = "gateway"


class Shown(StrEnum):
    """How much of a field an audience gets."""

    FULL = "full"
    MASKED = "masked"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A row of the contract's audience table. ``employer``: is a person's employer named? Counts always may be."""

    name: Shown
    id_number: Shown
    phone: Shown
    employer: bool
    seat: bool


_TABLE = {
    Audience.LEADER: Disclosure(Shown.FULL, Shown.MASKED, Shown.FULL, employer=True, seat=True),
    Audience.EMPLOYER: Disclosure(Shown.FULL, Shown.MASKED, Shown.FULL, employer=True, seat=False),
    Audience.TOWNSHIP: Disclosure(Shown.FULL, Shown.MASKED, Shown.MASKED, employer=True, seat=True),
    # The desk that pays subsidies compares names and numbers with its claims; it calls nobody and seats nobody.
    Audience.COUNTY: Disclosure(Shown.FULL, Shown.MASKED, Shown.NO, employer=True, seat=False),
    Audience.CITY: Disclosure(Shown.MASKED, Shown.NO, Shown.NO, employer=False, seat=False),
    Audience.PUBLIC: Disclosure(Shown.NO, Shown.NO, Shown.NO, employer=False, seat=False),
    # The office's own report counts people; whoever it leaves behind is named by surname and roster number.
    Audience.OFFICE: Disclosure(Shown.MASKED, Shown.NO, Shown.NO, employer=True, seat=False),
    # Everybody's own slip; the last four digits tell apart people of one name.
    Audience.PERSON: Disclosure(Shown.FULL, Shown.MASKED, Shown.NO, employer=True, seat=True),
    # A gateway sends to the number; the name is the greeting on a phone that a family shares.
    Audience.GATEWAY: Disclosure(Shown.FULL, Shown.NO, Shown.FULL, employer=False, seat=True),
}
# Who gets ID numbers in full when that is asked for, and logged.
_UNMASKED = frozenset({Audience.LEADER, Audience.COUNTY})


def disclosure(audience: Audience, *, unmask: bool = False) -> Disclosure:
    """What ``audience`` sees; ``unmask`` shows full ID numbers to vehicle leaders and subsidy desks, and changes nobody
    else's view.
    """
    shown = _TABLE[audience]
    return replace(shown, id_number=Shown.FULL) if unmask and audience in _UNMASKED else shown


def shown_name(name: str, how: Shown) -> str:
    """``张𬭎`` in full, as ``张*``, or nothing; one star whatever the length, which would narrow the guess."""
    if how is Shown.MASKED:
        bare = name.strip()
        return f"{bare[:2] if bare[:2] in COMPOUND_SURNAMES else bare[:1]}*"
    return name if how is Shown.FULL else ""


def shown_id(id_number: str, how: Shown) -> str:
    """The ID number in full, as ``**************1214`` (last four only), or nothing."""
    if how is Shown.MASKED and id_number:
        kept = ID_SHOWN if len(id_number) > 2 * ID_SHOWN else 0
        return "*" * (len(id_number) - kept) + id_number[len(id_number) - kept :]
    return id_number if how is Shown.FULL else ""


def shown_phone(phone: str, how: Shown) -> str:
    """The phone in full, as ``154****0001``, or nothing; a short number keeps its last two digits only."""
    if how is Shown.MASKED and phone:
        head, tail = (3, 4) if len(phone) >= 11 else (0, min(2, len(phone) // 2))
        return phone[:head] + "*" * (len(phone) - head - tail) + phone[len(phone) - tail :]
    return phone if how is Shown.FULL else ""
