"""The tester's page in a real browser: a whole rehearsal, by mouse and by keyboard, in both languages and themes."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mock_server.console.checks import CHECKS
from mock_server.personas import find_persona, load_personas
from tests.console.conftest import ON, Running, Seen

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.daemon

CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")


def visit(running: Running, name: str) -> None:
    running.check(name, find_persona(name).pin)


def rows(page: Page) -> list[str]:
    return [row.inner_text() for row in page.locator("#rows tr").all()]


def test_a_visit_appears_by_itself_and_says_what_was_checked(page: Page, running: Running) -> None:
    before = page.locator("#rows tr").count()
    visit(running, "taro")
    page.wait_for_function("count => document.querySelectorAll('#rows tr').length > count", arg=before)
    newest = page.locator("#rows tr").first
    assert "協会　太郎" in newest.inner_text()
    assert "有効" in newest.inner_text()
    newest.click()
    page.wait_for_selector("#detail ol.checks")
    marks = [item.get_attribute("class") for item in page.locator("#detail ol.checks li").all()]
    assert len(marks) == len(CHECKS["qualification.card"])
    assert set(marks) == {"passed"}
    shown = page.locator("#detail").inner_text()
    assert "01139997" in shown
    assert "協会　太郎" in shown  # who it was
    assert "キョウカイ" not in shown
    assert "窓口一丁目" not in shown, "the address is masked"


def test_nothing_is_loaded_from_elsewhere_and_nothing_complains(page: Page, running: Running, seen: Seen) -> None:
    for tab in ("personas", "scenarios", "detail"):
        page.locator(f"#tab-{tab}").click()
        page.wait_for_selector(f"#{tab}:not([hidden]) > *")
    page.locator("#clock-open").click()
    page.wait_for_selector("#clock-dialog[open]")
    page.keyboard.press("Escape")
    assert seen.hosts == {running.admin_url.split("/")[2]}
    assert seen.complaints == []


def test_a_whole_rehearsal_with_the_mouse(page: Page, running: Running) -> None:
    """Arm a trouble for one patient, see it strike, disarm, move the clock until a certificate has ended, put it
    right."""
    page.locator("#tab-personas").click()
    page.locator("#person-filter").fill("taro")
    card = page.locator('article[data-persona="taro"]')
    assert "4093" in card.inner_text()
    card.get_by_text("この人に障害を起こす").click()
    page.wait_for_selector("#scenario-person")
    assert page.locator("#scenario-person").input_value() == "taro"
    page.locator('article[data-scenario="failed"] button.main').click()
    page.wait_for_selector("#armed")
    before = page.locator("#rows tr").count()
    visit(running, "hanako")
    visit(running, "taro")
    page.wait_for_function("count => document.querySelectorAll('#rows tr').length >= count + 2", arg=before)
    struck, spared = rows(page)[:2]
    assert "⚡ failed" in struck
    assert "有効" in spared
    assert "⚡" not in spared

    page.locator("#clock-open").click()
    page.locator("#clock-at").fill("2036-12-01T10:00")
    page.locator("#clock-dialog button.main").click()
    page.wait_for_selector("#moved:not([hidden])")
    page.keyboard.press("Escape")
    assert "2036/12/01" in page.locator("#now").inner_text()
    assert running.admin("GET", "/admin/clock")["now"].startswith("2036-12-01T10:00")
    visit(running, "hanako")
    page.wait_for_function("() => document.querySelector('#rows tr').innerText.includes('MOCK-CERTIFICATE-')")
    page.locator("#rows tr").first.click()
    page.wait_for_selector("#detail li.failed")
    assert page.locator("#detail li.failed").count() == 1
    assert (
        "有効期間" in page.locator("#detail .said").inner_text() or "期限" in page.locator("#detail .said").inner_text()
    )
    assert page.locator("#detail li.not_reached").count() > 0
    page.locator("#clock-open").click()
    page.get_by_text("元に戻す").click()
    page.wait_for_selector("#moved", state="hidden")
    page.keyboard.press("Escape")
    assert page.locator("#now").inner_text().startswith(ON.replace("-", "/"))


def test_everything_works_from_the_keyboard(page: Page, running: Running) -> None:
    for name in ("taro", "ume"):
        visit(running, name)
    told = "whom => whom.every(who => document.querySelector('#rows').textContent.includes(who))"
    page.wait_for_function(told, arg=["taro", "ume"])
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector('#rows tr[aria-selected="true"]')
    first = page.locator('#rows tr[aria-selected="true"]').get_attribute("data-id")
    page.keyboard.press("ArrowDown")
    assert page.locator('#rows tr[aria-selected="true"]').get_attribute("data-id") != first
    page.keyboard.press("/")
    page.keyboard.type("ume")
    assert all("ume" in text for text in rows(page))
    assert rows(page)
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    page.wait_for_selector("#scenarios:not([hidden]) article")
    page.keyboard.press("?")
    page.wait_for_selector("#help-dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("#help-dialog", state="hidden")
    page.keyboard.press("p")
    assert page.locator("#pause").get_attribute("aria-pressed") == "true"
    shown = page.locator("#rows tr").count()
    visit(running, "ume")
    page.wait_for_function("() => document.querySelector('#pause').textContent.includes('1')")
    assert page.locator("#rows tr").count() == shown
    page.keyboard.press("p")
    page.wait_for_function("count => document.querySelectorAll('#rows tr').length === count + 1", arg=shown)


def test_both_languages_are_whole(page: Page) -> None:
    assert page.evaluate("document.documentElement.lang") == "ja"
    for _ in range(2):
        for tab in ("detail", "personas", "scenarios"):
            page.locator(f"#tab-{tab}").click()
            page.wait_for_selector(f"#{tab}:not([hidden]) > *")
            text = page.locator("body").inner_text()
            assert not re.search(r"\b(personas|scenarios|detail|clock|exchanges|column|tab|check)\.[a-z_]+", text)
        page.locator("#lang").click()
        page.wait_for_function("was => document.documentElement.lang !== was", arg=page.evaluate("0") or "")
    page.locator("#lang").click()
    page.wait_for_function("() => document.querySelector('#tab-personas').textContent === 'Patients'")
    page.locator("#lang").click()
    page.wait_for_function("() => document.querySelector('#tab-personas').textContent === '患者'")


@pytest.mark.parametrize("width", [1280, 1000])
def test_a_short_word_is_not_broken_in_two(page: Page, running: Running, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    visit(running, "taro")
    for patients in ("Patients", "患者"):
        page.locator("#lang").click()
        page.wait_for_function("said => document.querySelector('#tab-personas').textContent === said", arg=patients)
        lines = page.wait_for_function(  # the rows are drawn anew with the language: one that is gone has no lines
            "() => { const cell = document.querySelector('#rows td.via'), text = document.createRange();"
            " if (cell) text.selectNodeContents(cell);"
            " return new Set([...text.getClientRects()].map(part => part.top)).size }"
        )
        assert lines.json_value() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_in_every_theme(page: Page, running: Running, theme: str) -> None:
    """Contrast of 4.5 to 1 or more, of whatever text there is, computed from what the browser paints."""
    visit(running, "taro")
    page.wait_for_selector("#rows tr")
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    for tab in ("detail", "personas", "scenarios"):
        page.locator(f"#tab-{tab}").click()
        page.wait_for_selector(f"#{tab}:not([hidden]) > *")
        page.wait_for_timeout(1300)  # the colour of a fresh row fades
        poor = page.evaluate(CONTRAST)
        assert poor == []


def test_every_patient_is_on_the_page(page: Page) -> None:
    page.locator("#tab-personas").click()
    page.wait_for_selector("#personas article")
    assert page.locator("#personas article").count() == len(load_personas())


def test_a_lost_server_is_told(page: Page, running: Running) -> None:
    page.route("**/admin/**", lambda route: route.abort())
    page.locator("#tab-scenarios").click()
    page.wait_for_selector("#toast:not([hidden])")
    assert "届きません" in page.locator("#toast").inner_text()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"host": "evil.example", "authorization": "TOKEN"},
        {"origin": "http://evil.example", "authorization": "TOKEN"},
    ],
)
def test_nobody_else_reaches_the_page(running: Running, headers: dict[str, str]) -> None:
    own = {name: value.replace("TOKEN", f"Bearer {running.token}") for name, value in headers.items()}
    for path in ("/console/", "/console/emulators", "/console/words/ja.json", "/admin/exchanges"):
        request = urllib.request.Request(f"{running.admin_url}{path}", headers=own)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        assert refused.value.code in (401, 403, 421)
        assert json.loads(refused.value.read())["error"]["code"].startswith("MOCK-")
