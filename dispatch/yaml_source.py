"""YAML as the tool takes it: JSON's types, every key once, no anchors, aliases or tags, and the line of everything.

``0755``, ``10:30`` and ``no`` stay text, as they look; YAML 1.1 would make 493, 630 and False of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

Where = tuple[str | int, ...]

MAX_DEPTH = 20
_PLAIN = {"": None, "null": None, "true": True, "false": False}
_HALF = re.compile("[\ud800-\udfff]")  # an escape can write what no file can hold
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,17})?(?:[eE][+-]?\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the source may not hold: a key of the ``config`` texts, its line (from 1), and the words concerned."""

    code: str
    line: int
    value: str = ""


@dataclass(slots=True)
class Document:
    """The mapping of a source without its empty values, the line of each key and item, and every problem met."""

    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Where, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, where: Where) -> int:
        """The line of a key or item, or that of the nearest one around it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)


def read(source: str) -> Document:
    """A document from YAML text; it never raises on bad text but lists the problems."""
    document = Document()
    try:
        document.problems += _forbidden(source)
        if not document.problems:
            _read_root(document, yaml.compose(source, Loader=yaml.BaseLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or ""
        document.problems.append(Problem("syntax", _line(mark), str(reason)))
    return document


def _forbidden(source: str) -> Iterator[Problem]:
    # Events come from a parser without recursion, so a source with 20,000 brackets ends here and not in the composer.
    depth = 0
    for event in yaml.parse(source, Loader=yaml.BaseLoader):
        line = _line(event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            yield Problem("too_deep", line)
            return
        if anchor := getattr(event, "anchor", None):
            yield Problem("alias", line, f"{'*' if isinstance(event, yaml.AliasEvent) else '&'}{anchor}")
        if tag := getattr(event, "tag", None):
            yield Problem("tag", line, str(tag))


def _read_root(document: Document, node: yaml.Node | None) -> None:
    if isinstance(node, yaml.MappingNode):
        document.data = _mapping(document, node, ())
    else:
        document.problems.append(Problem("not_a_mapping", 1))


def _mapping(document: Document, node: yaml.MappingNode, where: Where) -> dict[str, Any]:
    values: dict[str, Any] = {}
    seen: set[str] = set()
    for key, value in node.value:
        line = _line(key.start_mark)
        if isinstance(key, yaml.ScalarNode) and _HALF.search(key.value):
            document.problems.append(Problem("half_character", line))
            continue
        if not isinstance(key, yaml.ScalarNode):
            document.problems.append(Problem("key_not_text", line))
            continue
        if key.value in seen:
            document.problems.append(Problem("duplicate_key", line, key.value))
        seen.add(key.value)
        document.lines[(*where, key.value)] = line
        # An empty value says the same as an absent key: take the default.
        if (content := _value(document, value, (*where, key.value))) is not None:
            values[key.value] = content
    return values


def _value(document: Document, node: yaml.Node, where: Where) -> Any:  # noqa: ANN401 - JSON has no narrower type
    if isinstance(node, yaml.MappingNode):
        return _mapping(document, node, where)
    if isinstance(node, yaml.SequenceNode):
        for i, item in enumerate(node.value):
            document.lines[(*where, i)] = _line(item.start_mark)
        return [_value(document, item, (*where, i)) for i, item in enumerate(node.value)]
    if _HALF.search(node.value):
        document.problems.append(Problem("half_character", _line(node.start_mark)))
        return None
    quoted = isinstance(node, yaml.ScalarNode) and node.style
    return node.value if quoted else _plain(node.value)


def _plain(value: str) -> Any:  # noqa: ANN401
    if value in _PLAIN:
        return _PLAIN[value]
    return json.loads(value) if _NUMBER.fullmatch(value) else value


def _line(mark: Any) -> int:  # noqa: ANN401 - PyYAML has two classes of marks without a common base
    return mark.line + 1 if mark else 1
