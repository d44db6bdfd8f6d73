"""Everything computed across the other rooms."""

from evaluation.models.check_setting import CheckSetting
from evaluation.models.coverage import (
    CoverageCell,
    CoverageMark,
    CoverageSweep,
    Heartbeat,
    PublishedCoverage,
)
from evaluation.models.cycle import Objection, RatingCycle, VetoDecision
from evaluation.models.scheme import RatingScheme
from evaluation.models.star_rating import RatingChunk, RatingRun, StarRating

__all__ = [
    "CheckSetting",
    "CoverageCell",
    "CoverageMark",
    "CoverageSweep",
    "Heartbeat",
    "Objection",
    "PublishedCoverage",
    "RatingChunk",
    "RatingCycle",
    "RatingRun",
    "RatingScheme",
    "StarRating",
    "VetoDecision",
]
