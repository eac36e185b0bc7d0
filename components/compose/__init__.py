"""A compose file of an application, for a laptop: pure, from the model; what compose cannot say becomes a note.

Source: https://github.com/compose-spec/compose-spec/blob/main/spec.md
"""

from components.compose.file import ComposeFile, compose_file

__all__ = ["ComposeFile", "compose_file"]
