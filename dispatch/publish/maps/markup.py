"""Text from data in a map's popups and labels: markup that stays text in HTML and in JavaScript templates alike."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

# folium places HTML inside JavaScript template literals, where these still mean something after HTML escaping.
_ALSO = str.maketrans({c: f"&#{ord(c)};" for c in "${}\\`"})


def encoded(value: object) -> Markup:
    """``value`` with the HTML specials, dollar, braces, backslash and backtick as character references."""
    return Markup(str(escape(str(value))).translate(_ALSO))


def popup(
    title: str, facts: list[tuple[str, str]], heading: tuple[str, ...] = (), rows: Sequence[tuple[str, ...]] = ()
) -> str:
    """A popup: title, label-value lines, and a table under ``heading``; whatever is passed in is plain text."""
    lines = "".join(f"<div><span>{encoded(label)}</span> {encoded(value)}</div>" for label, value in facts)
    table = ""
    if rows:
        head = "".join(f"<th>{encoded(cell)}</th>" for cell in heading)
        body = "".join("<tr>" + "".join(f"<td>{encoded(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<h3>{encoded(title)}</h3>{lines}{table}"
