"""Accounts, what they sign in with, API tokens, and the audit log."""

from accounts.models.audit import AuditEvent, AuditHead, AuditVerification
from accounts.models.draft import Draft
from accounts.models.export import ListExport
from accounts.models.idempotency import IdempotencyKey
from accounts.models.lease import Leased, LeaseLost, take_up
from accounts.models.lists import SavedFilter
from accounts.models.proposal import AccountProposal
from accounts.models.sign_in import PastPassword, RecoveryCode, SignIn, TotpDevice
from accounts.models.token import ApiToken, ThrottleWindow
from accounts.models.user import User

__all__ = [
    "AccountProposal",
    "ApiToken",
    "AuditEvent",
    "AuditHead",
    "AuditVerification",
    "Draft",
    "IdempotencyKey",
    "LeaseLost",
    "Leased",
    "ListExport",
    "PastPassword",
    "RecoveryCode",
    "SavedFilter",
    "SignIn",
    "ThrottleWindow",
    "TotpDevice",
    "User",
    "take_up",
]
