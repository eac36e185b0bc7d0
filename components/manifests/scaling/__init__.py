"""How the number of pods follows what is asked of them: by resources, by requests, and by the clock."""
