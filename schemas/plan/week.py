"""The quarters of an hour of a week."""

SLOT_SECONDS = 900
DAY = 96
WEEK = 7 * DAY
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
