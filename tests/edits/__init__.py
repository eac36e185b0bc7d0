"""Generated applications and edits of them, and the law that no edit may break."""
