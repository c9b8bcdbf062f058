"""Whom to call and whether somebody answers (reception.md §9, S0, S2, S3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.calendar import JST
from eligibility.help_lines import (
    HELP_LINES,
    KYOKAI_MYNA,
    MYNUMBER,
    MYNUMBER_LOSS,
    QUALIFICATION_CENTRE,
    QUALIFICATION_CENTRE_OUTAGE,
    THREE_WAY_LANGUAGES,
    Audience,
    HelpLine,
    Topic,
    lines_for,
    state,
    state_message,
)
from eligibility.insurer_profiles import InsurerProfile
from eligibility.opening_hours import Hours, OpenState, WeekHours, open_state
from eligibility.words import LANGUAGES, text
from tests.eligibility.catalogue import ids, sentences

CLOSED = OpenState(open=False, until=None, opens_at=None, verified=True)


def japan(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=JST)


class TestNumbers:
    @pytest.mark.parametrize(
        ("line", "number"),
        [
            (KYOKAI_MYNA, "0570-015-369"),
            (MYNUMBER, "0120-95-0178"),
            (MYNUMBER_LOSS, "0120-95-0178"),
            (QUALIFICATION_CENTRE, "0800-080-4583"),
            (QUALIFICATION_CENTRE_OUTAGE, "0800-080-4583"),
        ],
    )
    def test_they_are_the_published_ones(self, line: HelpLine, number: str) -> None:
        assert line.number == number

    def test_what_no_seed_prints_is_marked(self) -> None:
        unverified = [line for line in HELP_LINES if not line.verified]
        assert unverified == [QUALIFICATION_CENTRE, QUALIFICATION_CENTRE_OUTAGE]
        assert all("help_line.unverified" in line.message_ids() for line in unverified)
        assert "help_line.unverified" not in KYOKAI_MYNA.message_ids()

    def test_every_line_names_its_sources(self) -> None:
        assert all(line.sources for line in HELP_LINES)
        assert KYOKAI_MYNA.sources == ("S0", "S2", "S3")


# (line, moment in Japan, until or None where closed): the opening minute counts, the closing minute does not
OPEN_OR_NOT: list[tuple[HelpLine, str, str | None]] = [
    # 協会けんぽ: 8:30-17:15, not on Saturdays, Sundays, holidays and at the year-end (S0, S2, S3)
    (KYOKAI_MYNA, "2026-11-20 08:29:59", None),
    (KYOKAI_MYNA, "2026-11-20 08:30:00", "17:15"),
    (KYOKAI_MYNA, "2026-11-20 17:14:59", "17:15"),
    (KYOKAI_MYNA, "2026-11-20 17:15:00", None),
    (KYOKAI_MYNA, "2026-11-21 10:00", None),  # Saturday
    (KYOKAI_MYNA, "2026-11-22 10:00", None),
    (KYOKAI_MYNA, "2026-11-23 10:00", None),  # 勤労感謝の日
    (KYOKAI_MYNA, "2026-09-22 10:00", None),  # 国民の休日
    (KYOKAI_MYNA, "2026-05-06 10:00", None),  # 振替休日
    (KYOKAI_MYNA, "2026-12-28 10:00", "17:15"),
    (KYOKAI_MYNA, "2026-12-29 10:00", None),
    (KYOKAI_MYNA, "2027-01-04 10:00", "17:15"),
    # 総合フリーダイヤル: weekdays 9:30-20:00, Saturdays, Sundays and holidays 9:30-17:30 (S0, S3)
    (MYNUMBER, "2026-11-20 09:29", None),
    (MYNUMBER, "2026-11-20 09:30", "20:00"),
    (MYNUMBER, "2026-11-20 19:59", "20:00"),
    (MYNUMBER, "2026-11-20 20:00", None),
    (MYNUMBER, "2026-11-21 09:30", "17:30"),
    (MYNUMBER, "2026-11-22 17:29", "17:30"),
    (MYNUMBER, "2026-11-23 17:30", None),
    (MYNUMBER, "2026-11-23 17:29", "17:30"),
    (MYNUMBER, "2026-12-30 10:00", None),
    (MYNUMBER, "2027-01-02 10:00", None),
    # the centre for institutions: Mon-Fri 8-18, Sat 8-16, not on holidays; the outage mode weekdays 9-17
    (QUALIFICATION_CENTRE, "2026-11-20 08:00", "18:00"),
    (QUALIFICATION_CENTRE, "2026-11-20 18:00", None),
    (QUALIFICATION_CENTRE, "2026-11-21 15:59", "16:00"),
    (QUALIFICATION_CENTRE, "2026-11-22 10:00", None),
    (QUALIFICATION_CENTRE, "2026-11-23 10:00", None),
    (QUALIFICATION_CENTRE, "2025-05-03 10:00", None),  # a holiday on a Saturday
    (QUALIFICATION_CENTRE, "2026-12-30 10:00", "18:00"),  # the source names holidays only
    (QUALIFICATION_CENTRE_OUTAGE, "2026-11-20 08:59", None),
    (QUALIFICATION_CENTRE_OUTAGE, "2026-11-20 09:00", "17:00"),
    (QUALIFICATION_CENTRE_OUTAGE, "2026-11-20 17:00", None),
    (QUALIFICATION_CENTRE_OUTAGE, "2026-11-21 10:00", None),
]

OPENS_NEXT: list[tuple[HelpLine, str, str, bool]] = [
    (KYOKAI_MYNA, "2026-11-20 08:00", "2026-11-20 08:30", True),
    (KYOKAI_MYNA, "2026-11-19 17:15", "2026-11-20 08:30", True),
    (KYOKAI_MYNA, "2026-11-20 17:15", "2026-11-24 08:30", True),  # over the weekend and the 23rd
    (KYOKAI_MYNA, "2026-09-18 18:00", "2026-09-24 08:30", True),
    (KYOKAI_MYNA, "2026-12-28 17:30", "2027-01-04 08:30", False),  # rests on 年末年始, which no source dates
    (KYOKAI_MYNA, "2025-12-26 17:30", "2026-01-05 08:30", False),
    (KYOKAI_MYNA, "2026-12-28 08:00", "2026-12-28 08:30", True),
    (MYNUMBER, "2026-12-28 21:00", "2027-01-04 09:30", False),
    (MYNUMBER, "2026-11-20 20:00", "2026-11-21 09:30", True),
    (QUALIFICATION_CENTRE, "2026-11-21 16:00", "2026-11-24 08:00", False),
]


class TestState:
    @pytest.mark.parametrize(("line", "moment", "until"), OPEN_OR_NOT)
    def test_open_from_the_first_minute_to_before_the_last(
        self, line: HelpLine, moment: str, until: str | None
    ) -> None:
        at = japan(moment)
        found = state(line, at)
        assert found.open == (until is not None)
        closes = None if until is None else datetime.combine(at.date(), time.fromisoformat(until), JST)
        assert found.until == closes

    @pytest.mark.parametrize(("line", "moment", "opens_at", "verified"), OPENS_NEXT)
    def test_a_closed_line_says_when_it_opens(self, line: HelpLine, moment: str, opens_at: str, verified: bool) -> None:
        found = state(line, japan(moment))
        assert (found.open, found.opens_at, found.verified) == (False, japan(opens_at), verified)

    @pytest.mark.parametrize("moment", ["2026-12-31 23:59", "2027-01-01 00:00", "2026-11-22 03:00", "2026-11-20 12:00"])
    def test_loss_and_theft_are_taken_day_and_night_at_the_year_end_too(self, moment: str) -> None:
        assert state(MYNUMBER_LOSS, japan(moment)) == OpenState(True, None, None, verified=True)

    def test_a_moment_elsewhere_is_read_in_japan(self) -> None:
        assert state(KYOKAI_MYNA, datetime(2026, 11, 19, 23, 30, tzinfo=UTC)).open  # Friday 8:30 in Japan
        assert not state(KYOKAI_MYNA, datetime(2026, 11, 20, 8, 15, tzinfo=UTC)).open  # 17:15
        assert not state(KYOKAI_MYNA, datetime(2026, 11, 20, 23, 30, tzinfo=UTC)).open  # already Saturday

    def test_a_moment_without_a_zone_is_a_mistake(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            state(KYOKAI_MYNA, datetime(2026, 11, 20, 12, 0))

    @given(
        st.sampled_from(HELP_LINES),
        st.datetimes(datetime(1950, 1, 1), datetime(2990, 1, 1)).map(lambda naive: naive.replace(tzinfo=JST)),
    )
    def test_it_is_open_or_opens_within_a_month_at_a_minute_when_it_is_open(self, line: HelpLine, at: datetime) -> None:
        found = state(line, at)
        if found.open:
            assert found.opens_at is None
            assert found.until is None or at < found.until <= at + timedelta(days=1)
        else:
            assert found.until is None
            assert found.opens_at is not None
            assert at < found.opens_at < at + timedelta(days=31)
            assert state(line, found.opens_at).open
            assert not state(line, found.opens_at - timedelta(microseconds=1)).open

    def test_the_longest_stretch_of_holidays_is_looked_over(self) -> None:
        # 2019-04-27 to 05-06: ten days for the change of the era
        assert state(KYOKAI_MYNA, japan("2019-04-26 17:15")).opens_at == japan("2019-05-07 08:30")

    def test_at_the_end_of_all_dates_nothing_opens_again(self) -> None:
        assert state(KYOKAI_MYNA, japan("9999-12-31 18:00")) == OpenState(False, None, None, verified=False)
        assert state(KYOKAI_MYNA, japan("9999-12-28 10:00")).open

    def test_hours_that_begin_at_midnight_open_at_midnight(self) -> None:
        night = Hours(time(0), time(6))
        week = WeekHours(night, None, None, None, closed_at_year_end=False)
        assert open_state(week, japan("2026-11-20 06:00")).opens_at == japan("2026-11-24 00:00")
        assert open_state(week, japan("2026-11-24 00:00")).open


class TestTopics:
    @pytest.mark.parametrize(
        "topic",
        [
            Topic.MYNA_INSURANCE,
            Topic.ONLINE_QUALIFICATION,
            Topic.ELIGIBILITY_NOTICE,
            Topic.ELIGIBILITY_CERTIFICATE,
            Topic.CERTIFICATE_NOT_ARRIVED,
            Topic.LAST_FOUR_DIGITS,
        ],
    )
    def test_members_of_kyokai_ask_its_own_line(self, topic: Topic) -> None:
        assert lines_for(topic, InsurerProfile.KYOKAI) == (KYOKAI_MYNA,)
        assert lines_for(topic) == (KYOKAI_MYNA,)
        assert lines_for(topic, InsurerProfile.NATIONAL) == ()

    def test_kyokais_line_is_not_a_branch_and_interprets(self) -> None:
        assert "help_line.note.not_a_branch" in KYOKAI_MYNA.message_ids()
        assert KYOKAI_MYNA.languages == THREE_WAY_LANGUAGES

    @pytest.mark.parametrize("topic", [Topic.MYNUMBER_CARD, Topic.PORTAL, Topic.MYNUMBER_SYSTEM])
    def test_card_portal_and_system_are_the_free_dials(self, topic: Topic) -> None:
        assert lines_for(topic, InsurerProfile.ELDERLY) == (MYNUMBER,)

    def test_loss_is_the_line_that_never_closes(self) -> None:
        assert lines_for(Topic.LOSS) == (MYNUMBER_LOSS,)

    def test_only_staff_call_the_centre(self) -> None:
        assert lines_for(Topic.INSTITUTION) == (QUALIFICATION_CENTRE,)
        assert lines_for(Topic.OUTAGE_MODE) == (QUALIFICATION_CENTRE_OUTAGE,)
        staff = {line.word for line in HELP_LINES if line.audience is Audience.STAFF}
        assert staff == {"qualification_centre", "qualification_centre_outage"}

    def test_every_topic_has_a_line(self) -> None:
        assert all(lines_for(topic) for topic in Topic)


class TestLanguages:
    def test_there_are_twenty_two_in_the_order_of_the_source(self) -> None:
        # S0: 英語・中国語・韓国語・スペイン語・タガログ語 …
        printed = (
            "英語・中国語・韓国語・スペイン語・タガログ語・ポルトガル語・ベトナム語・タイ語・インドネシア語・"
            "ネパール語・ビルマ語・フランス語・ドイツ語・イタリア語・ロシア語・マレー語・クメール語・モンゴル語・"
            "シンハラ語・ヒンディー語・ベンガル語・ウルドゥー語"
        )
        assert [text("ja", word) for word in KYOKAI_MYNA.language_ids()] == printed.split("・")
        assert len(set(THREE_WAY_LANGUAGES)) == 22

    def test_the_other_lines_promise_none(self) -> None:
        assert not any(line.language_ids() for line in HELP_LINES if line is not KYOKAI_MYNA)


class TestWords:
    STATES = (
        state(MYNUMBER_LOSS, japan("2026-11-20 10:00")),
        state(KYOKAI_MYNA, japan("2026-11-20 10:00")),
        state(KYOKAI_MYNA, japan("2026-11-20 17:15")),
        CLOSED,
    )

    def test_every_id_has_words_and_none_is_unused(self) -> None:
        used = {word for line in HELP_LINES for word in line.message_ids()}
        used |= {state_message(found)[0] for found in self.STATES}
        assert used == ids("help_line.")
        assert set(chain.from_iterable(line.language_ids() for line in HELP_LINES)) == ids("language.")

    def test_the_state_is_said_with_its_time(self) -> None:
        assert [state_message(found) for found in self.STATES] == [
            ("help_line.open", {}),
            ("help_line.open_until", {"time": "17:15"}),
            ("help_line.opens_at", {"date": "2026-11-24", "time": "8:30"}),
            ("help_line.closed", {}),
        ]
        assert "17:15" in text("ja", "help_line.open_until", time="17:15")

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_the_hours_in_words_are_the_hours_in_data(self, lang: str) -> None:
        for line in HELP_LINES:
            said = sentences(lang)[f"help_line.{line.word}.hours"]
            week = line.week
            for hours in {week.weekday, week.saturday, week.sunday, week.holiday} - {None}:
                if hours is not None and hours.closes is not None:
                    assert f"{hours.opens.hour}:{hours.opens.minute:02}" in said
                    assert f"{hours.closes.hour}:{hours.closes.minute:02}" in said

    def test_a_dated_line_says_its_date(self) -> None:
        assert KYOKAI_MYNA.as_of == date(2025, 6, 12)
        assert "help_line.as_of" in KYOKAI_MYNA.message_ids()
        assert "help_line.as_of" not in MYNUMBER_LOSS.message_ids()
