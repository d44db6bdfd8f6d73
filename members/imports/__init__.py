"""The sheets of the roster."""

from members.imports.dues import DuesSheet
from members.imports.member import MemberRow, MemberSheet

__all__ = ["DuesSheet", "MemberRow", "MemberSheet"]
