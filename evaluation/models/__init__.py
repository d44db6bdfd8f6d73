"""Everything computed across the other rooms."""

from evaluation.models.coverage import (
    CoverageCell,
    CoverageMark,
    CoverageSweep,
    Heartbeat,
    PublishedCoverage,
)

__all__ = ["CoverageCell", "CoverageMark", "CoverageSweep", "Heartbeat", "PublishedCoverage"]
