"""What every verb has in common: words from the catalogue, the same options, one answer, one exit code."""
# ruff: noqa: PLC0415 - what a help page does not need is imported where a verb needs it

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

import click

from dispatch.errors import ConfigError, DispatchError, StorageError, Terminated
from dispatch.language import Language, text

if TYPE_CHECKING:  # rich and pydantic cost a third of a second; no help page waits for them
    from dispatch.cli.job import Job
    from dispatch.cli.screen import Screen
    from dispatch.config import Settings

INTERRUPTED = 130
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_HEARD = "dispatch.language"
_HEADINGS = "dispatch.headings"


@dataclass(slots=True)
class Voice:
    """How the caller wants to be answered, and the ``facts`` of the answer as they come to be known.

    ``asked`` is None where the config's language counts; ``loudness`` is -1 when quiet, 1 when verbose. ``headings``
    are the answers that count in place of the config's: ``联系方式=phone,务工单位=employer``, or the path of a table.
    """

    asked: Language | None
    json: bool
    loudness: int
    language: Language = "zh"
    headings: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.language = self.asked or "zh"

    def settings(self, path: Path) -> Settings:
        """The config's settings in the language asked for; where none was, the config's own counts from here on."""
        from dispatch.config import load_settings

        settings = load_settings(path)
        self.language = self.asked or settings.publish.language
        publish = settings.publish.model_copy(update={"language": self.language})
        inputs = settings.inputs
        if self.headings:
            inputs = inputs.model_copy(update={"headings": _answers(self.headings)})
        return settings.model_copy(update={"publish": publish, "inputs": inputs})

    def say(self, key: str, **values: object) -> str:
        """The catalogue's wording of ``cli.KEY``."""
        return text(self.language, f"cli.{key}", **values)

    def screen(self) -> Screen:
        """The console that shows progress on stderr and tables on stdout; silent as far as the caller asked."""
        from dispatch.cli.screen import Screen

        return Screen(self)

    def job(self, config: Path) -> Job:
        """The work on one operation."""
        from dispatch.cli.job import Job

        return Job(self, config)


def heard(args: Sequence[str]) -> Language | None:
    """The language asked for anywhere on the command line, else by ``DISPATCH_LANG``; help cannot wait for click."""
    wanted = os.environ.get("DISPATCH_LANG", "")
    for before, arg in zip(["", *args], args, strict=False):
        name, given, value = arg.partition("=")
        if before in LANG.opts:
            wanted = arg
        elif given and name in LANG.opts:
            wanted = value
    return cast("Language", wanted) if wanted in get_args(Language) else None


def say(ctx: click.Context, key: str, **values: object) -> str:
    """The catalogue's wording in the language heard on the command line, Chinese when none was."""
    return text(ctx.meta.get(_HEARD) or "zh", f"cli.{key}", **values)


def abridged(words: str) -> str:
    """The first line of a verb's help."""
    return words.partition("\n")[0]


class Worded(click.Command):
    """A command whose help comes from the catalogue: ``cli.verb.NAME`` and ``cli.option.NAME``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta.setdefault(_HEARD, heard(args))
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=say(ctx, "heading.usage") + " ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            for line in say(ctx, f"verb.{self.name}").splitlines():
                formatter.write_text(line)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        records = [(option.get_help_record(ctx), option.opts[-1].lstrip("-")) for option in options]
        rows = [(record[0], say(ctx, f"option.{name}")) for record, name in records if record]
        with formatter.section(say(ctx, "heading.options")):
            formatter.write_dl(rows)


def _answers(said: str) -> dict[str, str] | Path:
    if "=" not in said:
        return Path(said).resolve()
    pairs = (pair.partition("=") for pair in said.translate({0xFF0C: ","}).split(",") if pair.strip())
    return {heading.strip(): column.strip() for heading, _, column in pairs}


def _keep_headings(ctx: click.Context, _: click.Parameter, said: str) -> None:
    ctx.meta[_HEADINGS] = said


LANG = click.Option(["--language", "--lang"], type=click.Choice(get_args(Language)), expose_value=False)
CONFIG = click.Argument(["config"], type=click.Path(path_type=Path))
REQUIRE_ALL = click.Option(["--require-all"], is_flag=True)
HEADINGS = click.Option(["--headings"], default="", expose_value=False, callback=_keep_headings, metavar="FILE|TEXT")
SKIP_REJECTED = click.Option(["--skip-rejected"], is_flag=True)
WARM = click.Option(["--warm"], is_flag=True)
UNMASK = click.Option(["--unmask"], is_flag=True)
REASON = click.Option(["--reason"], default="", metavar="TEXT")
_COMMON = (
    click.Option(["--json", "as_json"], is_flag=True),
    click.Option(["-q", "--quiet"], is_flag=True),
    click.Option(["-v", "--verbose"], is_flag=True),
    LANG,
)


class Verb(Worded):
    """A verb: its function adds to the voice's facts, which ``--json`` prints; here errors become exit codes."""

    def invoke(self, ctx: click.Context) -> int:
        os.umask(0o077)  # rosters and manifests are nobody else's to read
        given = dict(ctx.params)
        quiet, verbose = given.pop("quiet"), given.pop("verbose")
        voice = Voice(ctx.meta.get(_HEARD), given.pop("as_json"), verbose - quiet, headings=ctx.meta.get(_HEADINGS, ""))
        function = self.callback
        assert function is not None
        return _answer(str(self.name), voice, lambda: function(voice, **given))


def verb(name: str, *params: click.Parameter) -> Callable[[Callable[..., None]], Verb]:
    """Make a function ``(voice, **params)`` the verb ``name``; it raises to fail."""
    return lambda function: Verb(name=name, callback=function, params=[*params, *_COMMON])


def _answer(name: str, voice: Voice, work: Callable[[], None]) -> int:
    code = 0
    try:
        work()
    except DispatchError as error:
        code = _fail(voice, error.exit_code, str(error))
    except OSError as error:
        code = _fail(
            voice,
            StorageError.exit_code,
            voice.say("storage", file=error.filename or "", reason=error.strerror or error),
        )
    except (KeyboardInterrupt, click.Abort, Terminated):
        code = _fail(voice, INTERRUPTED, voice.say("interrupted"))
    except Exception as error:  # noqa: BLE001 - the last door: no bare traceback, which could quote a person's row
        code = _fail(voice, DispatchError.exit_code, _surprise(voice, error))
    _speak(name, code, voice)
    return code


def inert(words: str) -> str:
    """The words without control characters, which a terminal would obey, and without marks that turn text around."""
    return _UNSHOWN.sub("\ufffd", words)


def _fail(voice: Voice, code: int, message: str) -> int:
    click.secho(inert(message), err=True, fg="red")
    voice.facts["error"] = message
    return code


def _speak(name: str, code: int, voice: Voice) -> None:
    if voice.json:
        click.echo(json.dumps({"verb": name, "exit_code": code, **voice.facts}, ensure_ascii=False, default=str))


def _surprise(voice: Voice, error: Exception) -> str:
    """Kind and place only: the error's own text may quote a person's row, so it stays behind ``-v``."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    if voice.loudness > 0:
        click.echo("".join(traceback.format_exception(error)), err=True)
    return voice.say("surprise", kind=type(error).__name__, place=f"{Path(last.filename).name}:{last.lineno}")


def answer_usage(error: click.ClickException, argv: Sequence[str]) -> int:
    """Say what is wrong with the command line; exit code 2."""
    voice = Voice(heard(argv), "--json" in argv, 0)
    where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "dispatch"
    code = _fail(voice, ConfigError.exit_code, voice.say("usage", reason=error.format_message(), command=where))
    _speak(where.partition(" ")[2], code, voice)
    return code
