"""Plans: capacity ahead of time, as a file that is committed and reviewed."""
