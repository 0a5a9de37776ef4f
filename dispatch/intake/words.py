"""The words of Chinese rosters and quotes for the contract's enumerations."""

from __future__ import annotations

from dispatch.model.supply import Basis, Mode, Role, StopKind

MODES = {
    "大巴": Mode.COACH,
    "客车": Mode.COACH,
    "汽车": Mode.COACH,
    "包车": Mode.COACH,
    "班车": Mode.COACH,
    "bus": Mode.COACH,
    "火车": Mode.TRAIN,
    "高铁": Mode.TRAIN,
    "动车": Mode.TRAIN,
    "列车": Mode.TRAIN,
    "专列": Mode.TRAIN,
    "铁路": Mode.TRAIN,
    "rail": Mode.TRAIN,
    "飞机": Mode.FLIGHT,
    "航班": Mode.FLIGHT,
    "包机": Mode.FLIGHT,
    "民航": Mode.FLIGHT,
    "air": Mode.FLIGHT,
}

BASES = {
    "包车": Basis.CHARTER,
    "包列": Basis.CHARTER,
    "专列": Basis.CHARTER,
    "包机": Basis.CHARTER,
    "整车": Basis.CHARTER,
    "团体票": Basis.ALLOTMENT,
    "切位": Basis.ALLOTMENT,
    "包厢": Basis.ALLOTMENT,
    "散票": Basis.TICKET,
    "散客票": Basis.TICKET,
    "车票": Basis.TICKET,
}
ROLES = {
    "不限": Role.ANY,
    "任意": Role.ANY,
    "接驳": Role.FEEDER,
    "集结": Role.FEEDER,
    "干线": Role.TRUNK,
    "末端": Role.LAST_MILE,
    "接站": Role.LAST_MILE,
    "到厂": Role.LAST_MILE,
}

KINDS = {
    "集合点": StopKind.ASSEMBLY,
    "上车点": StopKind.ASSEMBLY,
    "客运站": StopKind.COACH_STATION,
    "汽车站": StopKind.COACH_STATION,
    "火车站": StopKind.RAIL_STATION,
    "高铁站": StopKind.RAIL_STATION,
    "机场": StopKind.AIRPORT,
    "服务站": StopKind.SERVICE_STATION,
    "劳务服务站": StopKind.SERVICE_STATION,
    "厂门": StopKind.GATE,
    "厂区": StopKind.GATE,
    "住址": StopKind.HOME,
    "家庭住址": StopKind.HOME,
    "家长住址": StopKind.HOME,
    "家庭": StopKind.HOME,
}
# A receiving site of no stated kind whose name holds one of these is somebody's home.
HOME_WORDS = ("住址", "家长", "父母")

_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# A weekday as a number from 1, Monday: by its number or its name, whole or cut to three letters.
WEEKDAYS = {
    **{str(n): n for n in range(1, 8)},
    **{f"{week}{day}": n for week in ("周", "星期", "礼拜") for n, day in enumerate("一二三四五六日", start=1)},
    **{f"{week}天": 7 for week in ("周", "星期", "礼拜")},
    **{name: n for n, day in enumerate(_ENGLISH_DAYS, start=1) for name in (day, day[:3])},
}
