"""A rehearsal and the trainer's drawer in a real terminal, as a program of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Madoguchi, command_line
from tests.cli.test_rehearse import OWN
from tests.e2e.terminal import TerminalProgram

F2, F5, ESC, CTRL_Q = "\x1bOQ", "\x1b[15~", "\x1b", "\x11"


@pytest.mark.daemon
def test_a_day_is_played_in_a_terminal_and_ends_with_the_score(madoguchi: Madoguchi, tmp_path: Path) -> None:
    script, page = tmp_path / "own.toml", tmp_path / "result.html"
    script.write_text(OWN, encoding="utf-8")
    run = command_line("rehearse", script, "--report", page)
    with TerminalProgram(run, env=madoguchi.environment(), cwd=madoguchi.home) as screen:
        screen.wait_for("最初の人を呼ぶ")
        screen.press("1")
        screen.wait_for("カードを置く")
        assert "おはようございます" in screen.text()
        screen.press("1")
        screen.wait_for("本人確認の方法")
        assert "F5 練習 1/1 協会" in screen.text().splitlines()[0]
        screen.press("1")
        screen.wait_for("4けた|4桁|暗証番号")
        screen.settle()
        screen.press("4093")
        screen.wait_for("包括同意")
        screen.press("1")
        screen.wait_for("受付できました")
        screen.press(F5)
        screen.wait_for("カードを取る")
        screen.settle()
        screen.press("1")
        screen.wait_for("リーダーの中央に")
        screen.press(F5)
        screen.wait_for("次の人を呼ぶ")
        screen.settle()
        screen.press("2")
        screen.wait_for("全員の受付が終わりました")
        screen.settle()
        screen.press("1")
        assert screen.wait_for_end() == 0
        told = screen.raw.decode("utf-8", "replace")
    assert "10/10" in told
    assert "規則のとおりです" in told
    assert "受付の練習の結果" in page.read_text(encoding="utf-8")
    assert not (madoguchi.data_dir / "journal").exists()
    assert (madoguchi.data_dir / "rehearsal" / "own" / "counter" / "journal").exists()
    assert not (madoguchi.data_dir / "rehearsal" / "own" / "right").exists()


@pytest.mark.daemon
def test_a_day_that_is_left_in_the_middle_can_be_gone_on_with(madoguchi: Madoguchi) -> None:
    with TerminalProgram(
        command_line("rehearse", "quiet_morning", "--from", "3"), env=madoguchi.environment(), cwd=madoguchi.home
    ) as screen:
        screen.wait_for("最初の人を呼ぶ")
        screen.press("1")
        screen.wait_for("3/8人目")
        screen.press(ESC)
        screen.settle()
        screen.press(CTRL_Q)
        assert screen.wait_for_end() == 1
        assert "だれも受け付けないまま終わりました" in screen.raw.decode("utf-8", "replace")


@pytest.mark.daemon
def test_the_trainers_drawer_makes_the_service_stop(madoguchi: Madoguchi) -> None:
    run = command_line("kiosk", "--trainer", "--persona", "taro", "--date", "2026-11-24")
    with TerminalProgram(run, env=madoguchi.environment(), cwd=madoguchi.home) as screen:
        screen.wait_for("本人確認の方法")
        screen.press(F2)
        screen.wait_for("練習係の引き出し")
        assert "カードを選ぶ" in screen.text()
        screen.press("2")
        screen.wait_for("顔認証は一致しません")
        screen.press("2")
        screen.wait_for("もう一度")
        screen.press(F2)
        screen.wait_for("「一致する」に戻す")
        screen.press("3")
        screen.wait_for("サービスを止めました")
        screen.press(F2)
        screen.wait_for("練習係の引き出し")
        screen.press("1")
        screen.wait_for("F2|Esc")
        screen.settle()
        screen.press(ESC)
        screen.settle()
        screen.press(CTRL_Q)
        assert screen.wait_for_end() == 0
    assert not (madoguchi.data_dir / "crash").exists()


@pytest.mark.daemon
def test_without_trainer_the_drawer_has_the_cards_only(madoguchi: Madoguchi) -> None:
    run = command_line("kiosk", "--persona", "taro", "--date", "2026-11-24")
    with TerminalProgram(run, env=madoguchi.environment(), cwd=madoguchi.home) as screen:
        screen.wait_for("本人確認の方法")
        screen.press(F2)
        screen.wait_for("カードの引き出し|引き出し")
        assert "練習係の引き出し" not in screen.text()
        screen.press(ESC)
        screen.settle()
        screen.press(CTRL_Q)
        assert screen.wait_for_end() == 0
