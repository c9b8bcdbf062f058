"""From arguments to an exit code: parse, dispatch, and say what went wrong in one sentence.

Imports nothing heavy: the counter's first frame waits for this module. A fault of the program is told by kind and
place only, never with values (design.md §2).
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from kiosk.cli.config import Config, load_config
from kiosk.cli.context import Context
from kiosk.cli.data_dir import data_dir_path
from kiosk.cli.errors import CommandError, ExitCode, InterruptedByTermError
from kiosk.cli.language import check_language_variable, early_language
from kiosk.cli.output import Output
from kiosk.cli.packages import check_own_packages
from kiosk.cli.parsing import HelpWanted, VersionWanted, build_parser, parse
from kiosk.cli.values import refuse_individual_number
from kiosk.cli.words import Words, speak_to_argparse

INTERRUPTED = 128 + signal.SIGINT
"""What shells expect of a program that Ctrl-C ended."""


def main(argv: Sequence[str]) -> int:
    """Run one command; returns its exit code and never raises but for a fault in this function itself."""
    words = Words(early_language(argv, os.environ))
    output = Output(words, as_json="--json" in argv)
    try:
        with ended_by_term():
            return _run(argv, output)
    except CommandError as error:
        return _failed(output, error)
    except KeyboardInterrupt:
        output.note(words.text("interrupted"))
        return INTERRUPTED
    except InterruptedByTermError:
        return ExitCode.DONE
    except Exception as error:
        return _failed(output, _fault(argv, words, error))


def _failed(output: Output, error: CommandError) -> int:
    try:
        output.failure(error)
    except CommandError:  # the object could not be written: its sentence goes to stderr as well
        output.as_json = False
        output.failure(error)
    return error.exit_code


def _run(argv: Sequence[str], output: Output) -> int:
    words = output.words
    speak_to_argparse(words.lang)
    check_own_packages()
    refuse_individual_number(*(part for token in argv for part in (token, token.partition("=")[2])))
    try:
        check_language_variable(os.environ)
        arguments = parse(build_parser(words), argv)
    except HelpWanted as wanted:
        output.as_json = False  # help is for reading, whatever else was asked for
        output.check_encoding()
        output.text(str(wanted))
        return ExitCode.DONE
    except VersionWanted:
        version = own_version()
        output.result({"name": "madoguchi", "version": version}, [f"madoguchi {version}"])
        return ExitCode.DONE
    output.check_encoding()
    context = Context(arguments, Config(), output, os.environ)
    path, required = context.config_path()
    if path is not None and not getattr(arguments, "reads_config", False):
        context = context.with_config(load_config(path, required=required))
    code: int = arguments.run(context)
    return code


def _fault(argv: Sequence[str], words: Words, error: Exception) -> CommandError:
    """A fault of the program as an error, with a report where the data folder is there already."""
    from kiosk.crash import write_report

    option = next((argv[i + 1] for i, token in enumerate(argv[:-1]) if token == "--data-dir"), None)  # noqa: S105
    try:
        folder = data_dir_path(option, os.environ)
        path = write_report(folder, error, where="command") if folder.is_dir() else None
    except (CommandError, OSError):
        path = None
    report = "" if path is None else words.text("internal.report", path=path)
    return CommandError("internal", kind=type(error).__name__, where=innermost(error), report=report)


def own_version() -> str:
    """The installed version. Looked up only when asked for: the lookup costs more than a frame."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("madoguchi")
    except PackageNotFoundError:
        return "0"


def innermost(error: BaseException) -> str:
    """`module:line` of the innermost frame: enough to find a fault, without any value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"


@contextmanager
def ended_by_term() -> Iterator[None]:
    """SIGTERM becomes InterruptedByTermError in the main thread, so that files and cards are let go in order."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough; a second one must not cut the tidying short
        raise InterruptedByTermError

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
