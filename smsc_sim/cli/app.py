"""The application: its verbs, its version, and what becomes of exceptions."""

from __future__ import annotations

import sys
import traceback
from typing import Annotated

import typer
from typer.exceptions import TyperException

from smsc_sim import __version__
from smsc_sim.cli import (
    BUG,
    FINE,
    INTERRUPTED,
    MISTAKE,
    answers,
    campaign,
    cost,
    fit,
    rates,
    report,
    run,
    scenario,
    segment,
    trace,
)

app = typer.Typer(
    name="smsc-sim",
    help="Simulate a short message network and plan its capacity.",
    rich_markup_mode=None,  # rich alone takes longer to import than all the rest of --help
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: smsc-sim new mine && smsc-sim run mine.yaml",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"smsc_sim {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Say which.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """Simulate a short message network and plan its capacity."""
    # `--debug` is read by `run_app`.
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


app.command("run")(run.run)
app.command("check")(scenario.check)
app.command("explain")(scenario.explain)
app.command("new")(scenario.new)
app.command("schema")(scenario.schema)
app.command("report")(report.report)
app.command("trace")(trace.trace)
app.command("segment")(segment.segment)
app.command("cost")(cost.cost)
app.command("campaign")(campaign.campaign)
app.command("answers")(answers.answers)
app.command("fit")(fit.fit)
app.add_typer(rates.app, name="rates")


def run_app(argv: list[str]) -> int:
    """Run one command; every outcome becomes an exit code, every error one message."""
    try:
        outcome = app(argv, standalone_mode=False)
    except TyperException as error:
        # The message of an error about an option or an argument names it only when formatted.
        formatted = getattr(error, "format_message", None)
        words = (formatted() if formatted is not None else str(error)).rstrip(".")
        _say(f"{words or 'nothing to do'}; see smsc-sim --help")
        return MISTAKE
    except (typer.Abort, KeyboardInterrupt):
        _say("interrupted")
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):
        return FINE  # whoever read the output has enough: typer exits where a pipe is closed
    except Exception as error:
        if "--debug" in argv:
            traceback.print_exc()
        return _explain(error)
    return outcome if isinstance(outcome, int) else FINE


def _explain(error: Exception) -> int:
    """Say in words what went wrong, and whose it is."""
    from smsc_sim.content.errors import ContentError
    from smsc_sim.engines.free_memory import NoMemory
    from smsc_sim.experiment.engines import EngineUnfit
    from smsc_sim.results.storage import ResultsError
    from smsc_sim.scenario.errors import ScenarioError

    if isinstance(error, ScenarioError | ResultsError | ContentError | EngineUnfit | NoMemory):
        _say(str(error))
        return MISTAKE
    if isinstance(error, OSError):
        _say(f"{error.filename or 'file'}: {error.strerror or error}")
        return MISTAKE
    _say(f"this is a bug of smsc_sim: {type(error).__name__}: {error}; --debug shows where")
    return BUG


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
