"""The quarters of an hour of a week, which begins on Monday: what a plan counts in."""

SLOT_SECONDS = 900
DAY = 96
"""Quarters of an hour of a day."""
WEEK = 7 * DAY
"""Quarters of an hour of a week."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EPOCH = 3 * DAY
"""Which quarter of its week 1970 began with: it was a Thursday."""
