"""Every mail on a desk and on a phone, light and dark, as a browser shows it."""

import os
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils.text import slugify
from playwright.sync_api import Page

from tests.browser.conftest import serious
from tests.every_mail import send_every_mail

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.enable_socket,
    pytest.mark.slow,
    pytest.mark.timeout(600),
]
READING_PANE = 600  # px: beside a list of mails on a desk
BUTTON_MIN = 44


def html_of(message: EmailMultiAlternatives) -> str:
    (alternative,) = message.alternatives
    return str(alternative[0])


def faults_of(page: Page) -> list[str]:
    """Return what does not fit, is too small to touch or to read, or what axe finds serious."""
    faults = serious(page)
    wide, width = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    if wide > width:
        faults.append(f"{wide} px wide on {width}")
    for button in page.locator("a.button").all():
        box = button.bounding_box()
        if box is None or min(box["height"], box["width"]) < BUTTON_MIN:
            faults.append(f"the button {button.inner_text()!r} is {box}")
    sizes = page.eval_on_selector_all(
        "td:not(.quiet) > p:not(.quiet), td > ul",
        "all => all.map(each => parseFloat(getComputedStyle(each).fontSize))",
    )
    if any(size < 16 for size in sizes):
        faults.append(f"text of {min(sizes)} px")
    return faults


def test_every_mail_is_readable(page: Page) -> None:
    if page.viewport_size and page.viewport_size["width"] > READING_PANE:
        page.set_viewport_size({"width": READING_PANE, "height": 900})
    sent = send_every_mail()
    assert len(sent) > 20
    faults = {}
    shades = set()
    for number, message in enumerate(sent):
        page.set_content(html_of(message))
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            shades.add(page.eval_on_selector(".sheet", "e => getComputedStyle(e).backgroundColor"))
            if found := faults_of(page):
                faults[f"{message.subject}, {scheme}"] = found
            if folder := os.environ.get("MAIL_SHOTS"):
                width = page.viewport_size["width"] if page.viewport_size else 0
                name = f"{number:02d}-{slugify(message.subject)[:30]}-{width}-{scheme}.png"
                page.screenshot(path=str(Path(folder, name)), full_page=True)
    assert faults == {}
    assert len(shades) == 2
