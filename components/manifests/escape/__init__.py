"""The way out of the language: patches of rendered objects, and objects that it has no word for."""
