"""Text and trees: reading YAML with positions, refusing what would surprise, and writing it."""
