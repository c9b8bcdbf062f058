"""What every command is given: its arguments, the settings, where to speak, and the folder, opened when asked for."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli import values
from kiosk.cli.config import MOVABLE_DAYS, Config
from kiosk.cli.data_dir import data_dir_path, default_config_path, open_data_dir
from kiosk.cli.errors import CommandError
from kiosk.cli.output import Output
from kiosk.cli.words import Words, speak_to_argparse

if TYPE_CHECKING:  # annotations only: the first frame waits for what is imported here
    from eligibility.errors import FieldError
    from eligibility.rule_dates import Rules
    from kiosk.services.server_login import ServerLogin
    from kiosk.settings.model import Settings

Now = Callable[[], datetime]
SETTING_OPTIONS: Final = {"theme": "theme", "big_digits": "big", "plain": "plain"}
"""Settings that an option of the counter decides for one run, and the option."""
JST = timezone(timedelta(hours=9), "JST")


@dataclass(frozen=True, slots=True)
class Context:
    """One run of one command."""

    arguments: Namespace
    config: Config
    output: Output
    environ: Mapping[str, str]

    @property
    def words(self) -> Words:
        """The words in the chosen language."""
        return self.output.words

    def option(self, name: str) -> Any:
        """What was given on the command line for `name`, or None."""
        return getattr(self.arguments, name, None)

    def config_path(self) -> tuple[Path | None, bool]:
        """Where the settings file is, or None for a user without a home; and whether it was asked for by name.

        Raises:
            CommandError: `data_dir`: it lies in the home of somebody who has none.
        """
        wanted = self.option("config")
        if wanted is not None:
            return Path(wanted), True
        return default_config_path(self.option("data_dir"), self.environ), False

    def with_config(self, config: Config) -> Context:
        """The same run with these settings, in their language unless an option or MADOGUCHI_LANG said another."""
        wanted = config.settings.language
        if wanted is not None and not self.option("lang") and not self.environ.get("MADOGUCHI_LANG"):
            self.output.words = Words(wanted)
            speak_to_argparse(wanted)
        return replace(self, config=config)

    def data_dir(self) -> Path:
        """The data folder, as it is: to look at what is there. Raises CommandError `data_dir`."""
        return data_dir_path(self.option("data_dir"), self.environ)

    def open_data_dir(self) -> Path:
        """The data folder, made and proven writable. Raises CommandError `data_dir`, `data_dir_full`."""
        return open_data_dir(self.data_dir())

    def typed(self, name: str) -> str | None:
        """A typed option's text, or None. Raises CommandError `individual_number` for a 個人番号."""
        value: str | None = self.option(name)
        if value is not None:
            values.refuse_individual_number(value)
        return value

    def reader(self) -> str | None:
        """The reader to use: option, then settings; None is the software reader."""
        return self.typed("reader") or self.config.reader

    def server(self) -> str | None:
        """The server to ask: option, then settings; None is the server in process."""
        wanted = self.typed("server")
        return values.server_url(wanted, "--server") if wanted is not None else self.config.server

    def login(self) -> ServerLogin | None:
        """What the server is known by and what this counter shows it; None where nothing was said of it.

        Raises:
            CommandError: `server_tls`: an https server without a CA to trust; or as `server_login.read_login`.
        """
        from kiosk.cli.server_login import read_login

        return read_login(self)

    def institution(self) -> str:
        """This counter's 医療機関コード: option, then settings, then an invented one."""
        wanted = self.typed("institution")
        if wanted is not None:
            return values.institution(wanted, "--institution")
        return self.config.institution or values.DEFAULT_INSTITUTION

    def site(self) -> str:
        """The kind of site: option, then settings, then a clinic."""
        wanted = self.option("site")
        return values.site(wanted, "--site") if wanted is not None else self.config.site or values.SITES[0]

    def settings(self) -> Settings:
        """How the counter looks and works: option, then settings file, then as it comes.

        Raises:
            CommandError: `config_choice` for a theme that is none.
        """
        from kiosk.settings.checks import SettingError
        from kiosk.settings.model import SPECS

        found: dict[str, Any] = {}
        for field, option in SETTING_OPTIONS.items():
            given = self.option(option)
            if given in (None, False):  # a switch that was not typed leaves the file's word
                continue
            try:
                found[field] = SPECS[field].check.value(given)
            except SettingError as error:
                raise CommandError(error.code, where=f"--{option}", **error.params) from error
        return replace(self.config.settings, language=self.words.lang, **found)

    def rules(self) -> Rules | None:
        """The rule dates where the settings move an unverified one; None: as the sources have them.

        Raises:
            CommandError: `rules.too_early` for a leniency that would end before it holds for everybody.
        """
        moved = {word: day for word in MOVABLE_DAYS if (day := getattr(self.config, word)) is not None}
        if not moved:
            return None
        from eligibility.errors import FieldError
        from eligibility.rule_dates import STANDARD_RULES

        rules = STANDARD_RULES
        for word, day in moved.items():
            try:
                rules = rules.moved(word, day)
            except FieldError as error:
                raise _rule_refused(word, error) from error
        return rules

    def now(self) -> Now:
        """The clock in Asia/Tokyo, moved to `--date` where that is given; without a time there, it is now's."""
        wanted = self.typed("date")
        return clock() if wanted is None else clock(*values.moment(wanted, "--date"))


def clock(on: date | None = None, at: time | None = None) -> Now:
    """A clock in Asia/Tokyo that starts now, or on the day `on`, at the time `at` or now's, and runs on from there."""
    start = datetime.now(JST)
    begins = start if on is None else datetime.combine(on, start.time() if at is None else at, JST)
    shift = begins - start
    return lambda: datetime.now(JST) + shift


def _rule_refused(word: str, error: FieldError) -> CommandError:
    def sentences(lang: str) -> tuple[str, str]:
        from eligibility.words import text

        said = text(lang, error.code, **error.params)
        return f"[rules] {word}: {said}", Words(lang).text("rules.remedy")

    return CommandError(error.code, words=sentences)
