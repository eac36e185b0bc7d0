"""What a rendered application says otherwise than its source, and which default explains it."""
