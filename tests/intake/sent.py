"""Files as offices sent them: those beside the project where they are, else files made like them."""

from __future__ import annotations

import os
from pathlib import Path

from office import nobody

ROSTERS = Path(os.environ.get("DISPATCH_ROSTERS", Path(__file__).resolve().parents[3] / "shared" / "rosters"))

HEADINGS = {
    line.partition(": ")[0]: line.partition(": ")[2].split()
    for line in """\
county ledger: 序号 行政区划代码 县（市） 街道（乡镇） 社区（村） 姓名 身份证号码 就业失业登记证号 性别 年龄 出生日期
county ledger, more: 姓名 民族 政治面貌 外出省份 年收入（万元） 就业形式 人员身份 困难群体情况
county ledger, second half: 学历 户口性质 婚姻状况 联系电话 就业单位 主要从事工种 就业时间 就业地点
monitoring: 姓名 户类型 监测对象类别 务工所在地 务工企业名称 务工时间（月） 务工月收入 所属行业 就业渠道 是否点对点输送
household: 户编号 与户主关系 姓名 身份证/证件号码 联系电话 劳动技能 务工地点 务工单位 务工时间 区外就业
co-operation: 姓名 所属行政区 易地扶贫搬迁 脱贫状态 转移就业意愿
township: 姓名 务工地域 务工省份 务工城市 企业名称 岗位名称
employer filing: 身份证号码 姓名 户籍省份 户籍市县 合同始期 工种(岗位)
rail list: 序号 姓名 证件类型 证件号码 票种 席别 车厢 席位号""".splitlines()
}
COLUMNS = ["序号", "乡（镇）", "行政村", "姓名", "性别", "身份证号码", "联系电话", "务工地点（省市县）"]
COLUMNS += ["用工企业名称", "到岗日期", "是否脱贫户", "备注"]
EMPLOYER = "示例电子（昆山）有限公司"
DATES = ("2026.2.28", "2026年2月28日", "2026-02-28", "正月十二")


def made_rows(how):
    """Twenty people; ``how`` makes an ID cell of the number, as a spreadsheet did."""
    towns = ("圣人涧镇", "杜马乡", "张店镇", "曹川镇")
    rows = []
    for n in range(20):
        number = nobody(f"19{70 + n}0{1 + n % 9}1{n % 9}", "142732")
        cells = (
            n + 1,
            towns[n % 4],
            "示例村",
            "张𬭎" if n % 5 == 0 else f"示例{n}",
            "男" if int(number[16]) % 2 else "女",
        )
        rows.append([*cells, how(number), f"154000015{n:02d}", "江苏省苏州市昆山市", EMPLOYER, DATES[n % 4], "否", ""])
    return rows
