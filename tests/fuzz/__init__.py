"""Mutated files, read, checked and rendered: nothing may crash, hang or tell a secret."""
