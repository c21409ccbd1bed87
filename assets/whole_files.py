"""Files that are there whole or not at all."""

from pathlib import Path


def write_whole(file: Path, content: bytes) -> None:
    """A file is there whole or not at all."""
    partial = file.with_name(f".{file.name}.partial")
    partial.write_bytes(content)
    partial.replace(file)
