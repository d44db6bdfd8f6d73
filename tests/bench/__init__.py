"""Measured ratios: `python3 dev.py bench [part ...]`. Times mean nothing here, ratios do.

Both sides of a ratio run in one process, alternating A B, B A; the median of the paired ratios is
reported with its spread. An A/A control says when the machine was too restless to conclude.
"""
