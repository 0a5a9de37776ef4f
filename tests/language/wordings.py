"""Where the code asks for wordings, found without running it."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

ROOM = Path(__file__).resolve().parents[2] / "dispatch"
TEXTS = ROOM / "texts"
# Which area's keys a bare key belongs to, by where it stands; the longest path that fits counts. A package of
# ``publish`` that has an area of its name speaks that.
HOMES = {
    "cli": "cli",
    "config.py": "config",
    "yaml_source.py": "config",
    "geo/servers.py": "roads",
    "geo": "roads",
    "intake/annotate.py": "intake",
    "publish": "pages",
}
_CALL = re.compile(r"""\b(t|common)\(\s*(["'])([^"']+)\2\s*([~+]?)""")
_BLOCK = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_QUOTED = re.compile(r"""["']([^"'\n]+)["']""")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every ``area.key`` with its wordings by language."""
    return {
        f"{path.stem}.{key}": wording
        for path in sorted(TEXTS.glob("*.json"))
        for key, wording in json.loads(path.read_text("utf-8")).items()
    }


def blanks(wording: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(wording) if name}


def sources(suffix: str) -> list[Path]:
    return [p for p in sorted(ROOM.rglob(f"*.{suffix}")) if TEXTS not in p.parents]


def area_of(path: Path) -> str:
    name = path.relative_to(ROOM).as_posix()
    room, _, package = name.partition("/")
    own = package.partition("/")[0]
    if room == "publish" and (TEXTS / f"{own}.json").exists():
        return own
    fits = [home for home in HOMES if name == home or name.startswith(f"{home}/")]
    return HOMES[max(fits, key=len)] if fits else ""


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def docstrings(tree: ast.Module) -> set[int]:
    """The constants of a module that are documentation, by identity."""
    owners = [n for n in ast.walk(tree) if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef)]
    bodies = [n.body[0] for n in owners if n.body]
    return {id(b.value) for b in bodies if isinstance(b, ast.Expr) and isinstance(b.value, ast.Constant)}


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Line and value of each string in a module that is not documentation."""
    tree = _tree(path)
    documented = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.lineno, node.value


def asked_outright() -> Iterator[tuple[str, str]]:
    """(where, area.key) of each wording that is asked for by its whole key."""
    for path in sources("py"):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call) and (key := _key_of(node, path)):
                yield f"{path.relative_to(ROOM)}:{node.lineno}", key
    for path in sources("html"):
        for caller, _, key, more in _CALL.findall(path.read_text("utf-8")):
            if not more:
                yield str(path.relative_to(ROOM)), f"{'pages' if caller == 'common' else area_of(path)}.{key}"


def _key_of(call: ast.Call, path: Path) -> str:
    """``text(language, "area.key")``, ``say(view, "key")``, ``voice.say("key")``, ``t("key")``; empty for others."""
    at = {"text": 1, "say": int(isinstance(call.func, ast.Name)), "t": 0, "common": 0}.get(_name(call.func))
    if at is None or len(call.args) <= at or (_name(call.func) == "text" and isinstance(call.func, ast.Attribute)):
        return ""
    key = call.args[at]
    if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
        return ""
    return key.value if _name(call.func) == "text" else f"{area_of(_home_of_say(path))}.{key.value}"


def _home_of_say(path: Path) -> Path:
    """The module whose ``say`` a module uses: the one it imports it from, else its own."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module and any(alias.name == "say" for alias in node.names):
            return ROOM.parent / (node.module.replace(".", "/") + ".py")
    return path


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


@cache
def spoken() -> tuple[dict[str, set[str]], set[str]]:
    """Strings of the code that may be keys: by area as patterns with ``\\0`` for what is put in, and all words."""
    patterns: defaultdict[str, set[str]] = defaultdict(set)
    words: set[str] = set()
    for path in sources("py"):
        own = patterns[area_of(path)]
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                own.add(node.value)
                words |= {node.value, *(word.lstrip("-") for word in re.findall(r"[\w.+-]+", node.value))}
            elif isinstance(node, ast.JoinedStr):
                own.add("".join(str(v.value) if isinstance(v, ast.Constant) else "\0" for v in node.values))
            elif isinstance(node, ast.keyword) and node.arg:
                words.add(node.arg)
    for path in sources("html"):
        content = path.read_text("utf-8")
        for caller, _, key, more in _CALL.findall(content):
            patterns["pages" if caller == "common" else area_of(path)].add(key + ("\0" if more else ""))
        quoted = {value for block in _BLOCK.findall(content) for value in _QUOTED.findall(block)}
        patterns[area_of(path)] |= quoted
        words |= quoted
    return dict(patterns), words


def is_asked(key: str) -> bool:
    """Whether some string of the code is this key, whole or put together of a pattern and a word of the code."""
    area, _, entry = key.partition(".")
    patterns, words = spoken()
    anywhere = {p for own in patterns.values() for p in own if p.startswith(f"{area}.")}
    local = {p for a, own in patterns.items() if a in (area, "") for p in own}
    return any(_fits(p, key, words) for p in anywhere) or any(_fits(p, entry, words) for p in local)


def _fits(pattern: str, key: str, words: set[str]) -> bool:
    if "\0" not in pattern:
        return pattern == key
    if not pattern.strip("\0."):
        return False
    match = re.fullmatch("(.+)".join(map(re.escape, pattern.split("\0"))), key)
    return bool(match) and all(_is_word(part, words) for part in match.groups())


def _is_word(part: str, words: set[str]) -> bool:
    """Whether the code holds the word, or its pieces, or puts it together: ``f"{key}_default"``."""
    if part in words or set(part.split(".")) <= words:
        return True
    middles = (part[len(a) : len(part) - len(z)] for a, z in _around() if part.startswith(a) and part.endswith(z))
    return any(middle in words for middle in middles)


@cache
def _around() -> set[tuple[str, str]]:
    """What the code puts before and after a word to make another of it."""
    patterns = {p for own in spoken()[0].values() for p in own}
    ends = {("", p) for p in patterns if re.fullmatch(r"\+\w+", p)}
    made = (p.split("\0") for p in patterns if re.fullmatch(r"[\w.]*\0[\w.]*", p) and p.strip("\0._"))
    return ends | {(before, after) for before, after in made if not before.endswith(".")}
