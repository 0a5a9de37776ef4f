"""Tables as the files of one archive, byte for byte the same whenever they are written."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime
from io import StringIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from dispatch.publish.gtfs.tables import Table

_UNIX, _READABLE = 3, 0o644 << 16


def write_archive(tables: Mapping[str, Table], path: Path, *, made_at: datetime, comment: str) -> None:
    """Write each table as ``NAME.txt``, all dated ``made_at`` as its clock shows it; raises ``OSError``."""
    with ZipFile(path, "w") as archive:
        archive.comment = comment.encode("utf-8")
        for name, table in tables.items():
            entry = ZipInfo(f"{name}.txt", made_at.timetuple()[:6])
            entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, _UNIX, _READABLE
            archive.writestr(entry, _delimited(table))


def _delimited(table: Table) -> str:
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return file.getvalue()
