"""What texts of the language mean: quantities, durations, schedules and names of images."""
