"""Writing the settings of components."""

from pathlib import Path


def write_settings(path: Path, text: str) -> Path:
    """Write a settings file, unless it says so already: some components end when theirs is touched."""
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
    return path
