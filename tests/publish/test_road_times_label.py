"""Where the road times come from stands on everything that is handed out: an estimate never passes for a road."""

from dataclasses import replace
from zipfile import ZipFile

import openpyxl
import pytest
from sample_plan import sample

from dispatch.config import TravelServer
from dispatch.model.demand import TravelEntry
from dispatch.publish import publish


def with_travel(settings, **changes):
    travel = settings.policy.travel.model_copy(update=changes)
    return settings.model_copy(update={"policy": settings.policy.model_copy(update={"travel": travel})})


def said(path):
    """All text of a published file."""
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).active
        return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    if path.suffix == ".zip":
        with ZipFile(path) as feed:
            return feed.read("feed_info.txt").decode()
    return path.read_text("utf-8-sig").replace("\n ", "").replace("\\,", ",")


def published(plan, inputs, settings):
    files = publish(plan, inputs, settings, only=None, unmask=False, progress=lambda *_: None)
    assert {p.suffix for p in files} == {".xlsx", ".csv", ".html", ".ics", ".zip"}
    return {path: said(path) for path in files}


@pytest.mark.parametrize(
    ("server", "entries", "label"),
    [
        (None, (), "估算值"),
        (None, (TravelEntry("a", "b", 10, 10_000),), "路程时间表，其余为估算值"),
        (TravelServer(kind="valhalla", url="http://127.0.0.1:8002"), (), "Valhalla 路网计算"),
        (TravelServer(kind="osrm", url="http://127.0.0.1:5000"), (), "OSRM 路网计算"),
    ],
)
def test_every_file_says_where_its_road_times_come_from(tmp_path, server, entries, label):
    plan, inputs, settings = sample(tmp_path)
    inputs = replace(inputs, travel_entries=entries)
    for path, words in published(plan, inputs, with_travel(settings, server=server)).items():
        assert label in words, path
        assert server is None or ("估算" not in words and server.url not in words), path
