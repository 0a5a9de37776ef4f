"""Self-contained HTML pages: one Jinja2 environment that escapes everything, and the frame all pages share."""

from dispatch.publish.pages.frame import (
    day_name,
    page_text,
    render,
    stamp,
    stamp_columns,
    vehicle_name,
    vehicle_number,
    whole_percent,
)

__all__ = [
    "day_name",
    "page_text",
    "render",
    "stamp",
    "stamp_columns",
    "vehicle_name",
    "vehicle_number",
    "whole_percent",
]
