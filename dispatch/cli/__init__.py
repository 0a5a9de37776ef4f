"""The command line: a lazy group, so that ``--help`` loads click and nothing else."""

from __future__ import annotations

import signal
import sys
from importlib import import_module

import click

from dispatch import __version__
from dispatch.cli.verb import INTERRUPTED, LANG, Worded, abridged, answer_usage, say
from dispatch.errors import Terminated

VERBS = ("run", "check", "plan", "audit", "publish", "init", "history", "merge", "purge")


class Verbs(Worded, click.Group):
    """The verbs by name; the module of a verb is imported when the verb is called."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args or ["--help"])

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"dispatch.cli.{cmd_name}").command
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section(say(ctx, "heading.verbs")):
            formatter.write_dl([(name, abridged(say(ctx, f"verb.{name}"))) for name in VERBS])


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"dispatch {__version__}")
        ctx.exit()


VERSION = click.Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version)
group = Verbs(name="dispatch", params=[LANG, VERSION])


def _terminate(*_: object) -> None:
    raise Terminated


def main(args: list[str] | None = None) -> None:
    """Run one verb and leave with the contract's exit code; the only place that exits."""
    for stream in (sys.stdout, sys.stderr):
        # A console of another code page must not turn a Chinese name into an error.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    # A service manager's stop leaves nothing half written, but waits for no plan to be finished as Ctrl-C does.
    signal.signal(signal.SIGTERM, _terminate)
    argv = sys.argv[1:] if args is None else args
    try:
        code = group.main(argv, prog_name="dispatch", standalone_mode=False)
    except click.ClickException as error:
        code = answer_usage(error, argv)
    except (click.Abort, KeyboardInterrupt, Terminated):
        code = INTERRUPTED
    sys.exit(code if isinstance(code, int) else 0)
