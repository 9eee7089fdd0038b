"""Each mail has the look of the house, in HTML and in text, and says only what it was told."""

import re
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.template import Template
from django.template.loader import get_template
from django.test.signals import template_rendered
from lxml import html

from tests.every_mail import AWKWARD, MACHINES_READ, mail_templates, send_every_mail


def source_of(name: str) -> str:
    found = get_template(name)
    return str(found.template.source)  # type: ignore[attr-defined]  # of Django's own engine


def test_templates_of_mails_are_found() -> None:
    assert len(mail_templates()) > 15
    assert {"dealers/accounts/reset", "buyers/mail/alert", "buyers/mail/adf"} <= mail_templates()


@pytest.mark.parametrize("name", sorted(mail_templates() - MACHINES_READ))
def test_a_mail_is_made_of_the_base_in_html_and_text(name: str) -> None:
    page, text = source_of(f"{name}.html"), source_of(f"{name}.txt")
    assert page.startswith('{% extends "mail/base.html" %}')
    assert text.startswith('{% extends "mail/base.txt" %}')
    for block in ("title", "preheader", "content", "foot"):
        assert re.search(rf"{{% block {block} %}}(?!{{% endblock %}})", page), block
    assert "<style" not in page
    assert "|safe" not in page + text
    assert "autoescape off" not in page


@pytest.mark.django_db
def test_every_template_is_sent_and_every_mail_reads_well() -> None:
    rendered = set()

    def note(template: Template, **_: object) -> None:
        rendered.add(str(template.name))

    template_rendered.connect(note)
    try:
        sent = send_every_mail()
    finally:
        template_rendered.disconnect(note)
    wanted = mail_templates() - MACHINES_READ
    assert {f"{name}.{form}" for name in wanted for form in ("txt", "html")} <= rendered
    titles = set()
    for message in sent:
        assert isinstance(message, EmailMultiAlternatives)
        (alternative,) = message.alternatives
        page, text = str(alternative[0]), str(message.body)
        subject = str(message.subject)
        titles.add(subject)
        _check_html(page, subject)
        _check_text(text, subject)
        _check_links(page, text, subject)
    assert len(titles) > 20


def _check_html(page: str, subject: str) -> None:
    tree: Any = html.fromstring(page)
    assert tree.get("lang") == "en-GB", subject
    assert "color-scheme: light dark" in page, subject
    assert "prefers-color-scheme: dark" in page, subject
    assert page.count("Used-car marketplace") == 1, subject
    for image in tree.xpath("//img"):
        assert image.get("alt"), subject
    for unwanted in tree.xpath("//script | //link | //iframe | //form | //b[text()='Autohaus']"):
        raise AssertionError(f"{subject}: {unwanted.tag}")
    (preheader,) = tree.xpath("//body/div[1]")
    assert preheader.text_content().strip(), subject
    assert "None" not in tree.text_content(), subject


def _check_text(text: str, subject: str) -> None:
    assert text.rstrip().endswith("\n\nUsed-car marketplace"), subject
    assert not re.search(r"&(amp|lt|gt|quot|#\d+);|\{[{%]|\bNone\b", text), subject
    assert "\n\n\n\n" not in text, subject


def _check_links(page: str, text: str, subject: str) -> None:
    """What is to be done stands in the text too, address for address."""
    tree: Any = html.fromstring(page)
    for button in tree.xpath("//a[@class='button']"):
        assert button.get("href") in text, f"{subject}: {button.get('href')}"


def test_names_are_as_awkward_as_they_come() -> None:
    assert "<b>" in AWKWARD
    assert max(map(len, AWKWARD.split())) > 40
