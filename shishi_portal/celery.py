"""The Celery application and the whole timetable."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shishi_portal.settings")

app = Celery("shishi_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.visibility_timeout = 3600
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # what no doorbell rang for: bulk changes, a Redis that was down, the turn of the day
    "drain-coverage": {
        "task": "evaluation.tasks.drain_coverage",
        "schedule": 15.0,
        "options": {"expires": 14},
    },
    "sweep-coverage": {
        "task": "evaluation.tasks.sweep_coverage",
        "schedule": crontab(minute=7),
        "options": {"expires": 3000},
    },
    # what no bell rang for, and what a killed worker left
    "work-off-imports": {
        "task": "organizations.tasks.work_off_imports",
        "schedule": 20.0,
        "options": {"expires": 19},
    },
    "work-off-exports": {
        "task": "accounts.tasks.work_off_exports",
        "schedule": 20.0,
        "options": {"expires": 19},
    },
    "forget-old-imports": {
        "task": "organizations.tasks.forget_old_imports",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 36000},
    },
    "note-audit-head": {
        "task": "accounts.tasks.note_audit_head",
        "schedule": crontab(minute=23),
        "options": {"expires": 3000},
    },
    "verify-audit": {
        "task": "accounts.tasks.verify_audit",
        "schedule": crontab(hour=2, minute=40),
        "options": {"expires": 36000},
    },
    "expire-moves": {
        "task": "members.tasks.expire_moves",
        "schedule": crontab(hour=0, minute=20),
        "options": {"expires": 36000},
    },
    "tidy-accounts": {
        "task": "accounts.tasks.tidy_accounts",
        "schedule": crontab(hour=3, minute=10),
        "options": {"expires": 36000},
    },
    "sweep-attachments": {
        "task": "organizations.tasks.sweep_attachments",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 36000},
    },
    "resume-rating-runs": {
        "task": "evaluation.tasks.resume_rating_runs",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "rate-nightly": {
        "task": "evaluation.tasks.rate_nightly",
        "schedule": crontab(hour=1, minute=20),
        "options": {"expires": 36000},
    },
}
