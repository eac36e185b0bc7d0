"""Versions of the language, and files brought up to this one."""
