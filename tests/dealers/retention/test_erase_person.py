"""A person erases by a mailed link: nothing that names them is left, in any table or file."""

import time
from contextlib import suppress as suppress_errors
from dataclasses import replace
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, connection, models, transaction
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dealers.models import FeedPreview, FeedRun, FeedStage, StockFeed
from listings.buyers import guards, ledger, person
from listings.buyers.mentions import text_columns
from listings.models import (
    AskingPrice,
    AskingPriceTable,
    BuyerRecord,
    PrivacyRequest,
    Reservation,
)
from marketplace.mail import SuppressionReason, suppress, suppressed
from marketplace.models import OutboxTask, StoredAnswer, SuppressedAddress
from tests import make
from tests.dealers.feeds.stock import bring, car
from tests.dealers.panel.rows import any_row, fill
from tests.dealers.retention.people import enquiry, record
from tests.enqueued import sent_mails
from tests.listings.photos.storage import files_in
from tests.make import FEED_COLUMNS

pytestmark = pytest.mark.django_db
TOKEN = "zq7token"
PERSON = ledger.Contact(f"{TOKEN} Buyer", f"{TOKEN}@example.com", "0113 496 0777")
NOT_OF_PEOPLE = {
    "Enquiry": {"title"},
    "Reservation": {"title"},
    "PrivacyRequest": {"swept"},
}
"""Texts beside a person that say nothing of them: what the car was called, how far a job is."""


TAKE_NO_ADDRESS = {
    "ApiKey": ["digest", "prefix", "scopes"],
    "ConsentWording": ["purpose"],
    "ContentType": ["app_label", "model"],
    "Enquiry": ["part_exchange_vrm"],
    "FeedCar": ["vin", "vrm"],
    "Listing": ["vin", "vrm"],
    "ListingValue": ["reason"],
    "ListingWords": ["blanks"],
    "Outcode": ["code", "town"],
    "Permission": ["codename"],
    "PricePlan": ["name"],
    "StockFeed": ["format"],
    "ValueHistory": ["labels"],
    "WebhookEndpoint": ["events"],
    "WebhookListing": ["status"],
}
"""Too short for an address, of a fixed shape, or a name that is another in every row."""


@pytest.fixture(autouse=True)
def _own_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The field took its storage from the settings when it was defined."""
    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(FeedRun._meta.get_field("file"), "storage", storage)


@pytest.fixture(scope="module")
def opened() -> str:
    made = guards.opened("privacy")
    time.sleep(2.1)  # as long as a person takes at least
    return made


def link_for(client: Client, email: str, opened: str) -> str:
    """Ask as a person does, and return the link's path; empty where no mail came."""
    before = len(sent_mails())
    form = {"email": email, "opened": opened, "website": ""}
    answer = client.post("/left/", form)
    assert (answer.status_code, answer["Location"]) == (303, "/left/?sent")
    mails = sent_mails()[before:]
    if not mails:
        return ""
    (sent,) = mails
    assert sent.to == [email]
    return str(sent.body).partition("http://127.0.0.1:8000")[2].split()[0]


def test_whoever_asks_is_told_the_same_and_only_what_is_known_is_mailed(
    client: Client, opened: str
) -> None:
    enquiry(PERSON)
    assert link_for(client, "nobody@example.com", opened) == ""
    asked = BuyerRecord.objects.get(kind="privacy")
    assert (asked.email, asked.erased_at is None) == ("", False)
    path = link_for(client, PERSON.email, opened)
    assert TOKEN not in path
    assert client.post("/left/", {"email": PERSON.email, "opened": ""}).status_code == 400
    assert client.post("/left/", {"email": "no", "opened": opened}).status_code == 400


def test_a_link_that_a_scanner_opens_erases_nothing_and_the_button_all_but_what_is_kept(
    client: Client, opened: str
) -> None:
    mine = [enquiry(PERSON).record, record("report", replace(PERSON, email=PERSON.email.upper()))]
    kept = enquiry(PERSON, kept_because="a complaint is open").record
    other = enquiry(replace(PERSON, email=f"x{PERSON.email}"), message=f"Not {PERSON.email}").record
    path = link_for(client, PERSON.email, opened)
    page = client.get(path)
    assert (page.status_code, page["Referrer-Policy"]) == (200, "no-referrer")
    assert "a complaint is open" in page.content.decode()
    assert BuyerRecord.objects.filter(erased_at=None).count() == 5
    for _ in range(2):
        page = client.post(path, {"action": "erase"})
        assert page.status_code == 200
    assert "a complaint is open" in page.content.decode()
    assert not BuyerRecord.objects.filter(pk__in=[row.pk for row in mine], erased_at=None).exists()
    sent_mails()
    for row in (kept, other):
        row.refresh_from_db()
        assert (row.erased_at, row.name) == (None, PERSON.name)
    assert other.enquiry.message == "Not [erased]"  # theirs, but not their words about this person
    assert kept.enquiry.message == "I am Ann."
    assert client.get(path).status_code == 410
    assert client.post(path, {"action": "export"}).status_code == 410


def test_an_address_that_mail_is_kept_from_stays_so_by_a_digest(settings: Settings) -> None:
    suppress([PERSON.email, "other@example.com"], reason=SuppressionReason.BOUNCE)
    erased(enquiry(PERSON).record)
    assert TOKEN not in str(list(SuppressedAddress.objects.values()))
    addresses = [PERSON.email.upper(), "other@example.com", "third@example.com"]
    assert suppressed(addresses) == set(addresses[:2])
    settings.DIGEST_KEY = "another key, of more than thirty-two letters"
    assert suppressed(addresses) == {"other@example.com"}
    settings.DIGEST_KEY_FALLBACKS = [settings.SECRET_KEY]
    assert suppressed(addresses) == set(addresses[:2])


def test_the_export_has_every_column_of_every_row(client: Client, opened: str) -> None:
    mine = enquiry(PERSON)
    path = link_for(client, PERSON.email, opened)
    answer = client.post(path, {"action": "export"})
    assert answer["Content-Disposition"] == 'attachment; filename="what-you-left.json"'
    (left,) = answer.json()["left"]
    assert (left["email"], left["consent"]["words"]) == (PERSON.email, "You may answer me.")
    for model in ledger.hanging_models():
        rows = list(QuerySet(model).filter(record=mine.record).values())
        given = left.get(str(model._meta.verbose_name_plural), [])
        assert len(given) == len(rows)
        for row, exported in zip(rows, given, strict=True):
            assert set(exported) == {
                field.name
                for field in model._meta.concrete_fields
                if field.name not in ("record", "revision")
            }
            assert all(str(row[name]) == str(exported[name]) for name in text_names(model))


def text_names(model: type[models.Model]) -> list[str]:
    return [column for column, kind in text_columns(model) if kind == "text"]


def erased(of: BuyerRecord) -> None:
    """Erase by the page's verb all that the record's address left, and let the tasks run."""
    request = person.begin(email=of.email)
    person.erase_everything(record_id=request.record_id)
    sent_mails()


def test_every_personal_column_beside_a_record_becomes_something() -> None:
    for model in ledger.hanging_models():
        ours = NOT_OF_PEOPLE.get(model.__name__, set())
        named = {column for column, _ in text_columns(model)} - ours
        assert named == set(vars(model)["erased"]) & {column for column, _ in text_columns(model)}


def planted(model: type[models.Model]) -> set[str]:
    """Put a mention into each text of the rows of a model; return the columns that take it."""
    table, taken = model._meta.db_table, set()
    for column, kind in text_columns(model):
        for text in (f"call {TOKEN}@example.com now", PERSON.email):
            value = {
                "text": text,
                "json": f'{{"said": ["{text}"]}}',
                "array": "{" + f'"{text}"' + "}",
            }[kind]
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(f'UPDATE "{table}" SET {column} = %s', [value])  # noqa: S608 - our own columns
                    if cursor.rowcount:
                        taken.add(column)
                break
            except DatabaseError:
                continue
    return taken


def test_no_table_and_no_file_has_the_token_afterwards(tmp_path: Path) -> None:
    columns = (*FEED_COLUMNS, "notes")
    feed = make.feed()
    run = bring(feed, [car(1, notes=f"ask {PERSON.email}")], columns=columns)
    assert run.state == "done"
    dealer = make.dealer("Our Cars")
    made = dict(fill(dealer, "Ours"))
    mine = enquiry(PERSON, message=f"I am {TOKEN}.").record
    Reservation.objects.create(record=record("reservation", PERSON), title="Car", note=TOKEN)
    BuyerRecord.objects.filter(pk=mine.pk).update(placement=TOKEN, campaign=TOKEN)
    suppress([PERSON.email], reason=SuppressionReason.COMPLAINT)
    make_the_rest(feed)
    refused = {}
    for model in apps.get_models(include_auto_created=True):
        if getattr(model, "holds_accounts", False) or model in (BuyerRecord, PrivacyRequest):
            continue
        columns_of = {column for column, _ in text_columns(model)}
        if columns_of and not QuerySet(model).exists():
            with suppress_errors(DatabaseError, TypeError), transaction.atomic():
                made[model] = any_row(model, dealer, "Ours", made)
        if left := columns_of - planted(model):
            refused[model.__name__] = sorted(left)
    BuyerRecord.objects.update(kept_because="")  # of rows that were filled with any text
    assert refused == TAKE_NO_ADDRESS
    assert len(found()) > 80
    assert len(files_in(tmp_path)) == 1
    erased(mine)
    assert found() == {}
    assert files_in(tmp_path) == set()


def make_the_rest(feed: StockFeed) -> None:
    """Make rows of tables that neither a dealer's rows nor an import have."""
    run = feed.runs.get()
    FeedStage.objects.create(run=run, number=1, raw_hash=b"h", said={}, extra={})
    FeedPreview.objects.get_or_create(run=run)
    StoredAnswer.objects.create(
        caller="api_key:1", key="k", fingerprint="f", status=201, body=PERSON.email.encode()
    )
    asked = AskingPriceTable.objects.create(name="t", dated_on=timezone.now().date())
    AskingPrice.objects.create(
        table=asked, line=1, model=make.model(), year=2018, mileage=9_000, price=9_000
    )
    now = timezone.now()
    OutboxTask.objects.create(task="t", arguments=[1], due_at=now, given_up_at=now)


def found() -> dict[str, int]:
    """Search every column of every table that PostgreSQL knows."""
    counts = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_schema, table_name, column_name, data_type"
            " FROM information_schema.columns JOIN information_schema.tables"
            " USING (table_schema, table_name) WHERE table_type = 'BASE TABLE'"
            " AND table_schema NOT IN ('pg_catalog', 'information_schema') AND data_type IN"
            " ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'bytea', 'tsvector')"
        )
        for schema, table, column, kind in cursor.fetchall():
            text = f"encode({column}, 'escape')" if kind == "bytea" else f'"{column}"::text'
            cursor.execute(
                f'SELECT count(*) FROM "{schema}"."{table}" WHERE {text} ILIKE %s',  # noqa: S608 - of the catalogue
                [f"%{TOKEN}%"],
            )
            if count := cursor.fetchone()[0]:
                counts[f"{table}.{column}"] = count
    return counts
