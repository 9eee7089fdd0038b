"""The people who sell."""

from dealers.models.account_notice import AccountNotice
from dealers.models.audit import AuditEvent
from dealers.models.dealer import Branch, Dealer
from dealers.models.email_change import EmailChange
from dealers.models.factor import RecoveryCode
from dealers.models.feed import StockFeed
from dealers.models.feed_row import FeedCar, FeedRow, FeedSeen, FeedStage
from dealers.models.feed_run import FeedPreview, FeedRun
from dealers.models.invitation import Invitation
from dealers.models.keys import ApiKey, KeyRefusal, Scope
from dealers.models.notice import ExpiryNotice
from dealers.models.people import Membership, User
from dealers.models.session import Session
from dealers.models.sign_in import KnownPlace, SignInFailureCount, SignInThrottle
from dealers.models.status_word import FeedStatusWord
from dealers.models.vehicle_questions import VehicleQuestionCount
from dealers.models.webhook import (
    EVENTS_OF,
    WEBHOOK_TEST,
    WebhookAudience,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEventType,
    WebhookListing,
    WebhookMessage,
)
from dealers.models.weekly import WeeklyMail
from dealers.models.work import BulkRow, BulkRun, SavedView

__all__ = [
    "EVENTS_OF",
    "WEBHOOK_TEST",
    "AccountNotice",
    "ApiKey",
    "AuditEvent",
    "Branch",
    "BulkRow",
    "BulkRun",
    "Dealer",
    "EmailChange",
    "ExpiryNotice",
    "FeedCar",
    "FeedPreview",
    "FeedRow",
    "FeedRun",
    "FeedSeen",
    "FeedStage",
    "FeedStatusWord",
    "Invitation",
    "KeyRefusal",
    "KnownPlace",
    "Membership",
    "RecoveryCode",
    "SavedView",
    "Scope",
    "Session",
    "SignInFailureCount",
    "SignInThrottle",
    "StockFeed",
    "User",
    "VehicleQuestionCount",
    "WebhookAudience",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEventType",
    "WebhookListing",
    "WebhookMessage",
    "WeeklyMail",
]
