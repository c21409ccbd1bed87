"""The key of the seals on what goes out: XUEJI_SEAL_KEY, or without it a key of its own that HOME keeps."""

import logging
import os
import secrets

from xueji.assets.seal import Seal
from xueji.checks.model import XuejiError
from xueji.pipelines.settings import Settings

FILE = "seal.key"  # below HOME; whoever has it can forge what schools send back
logger = logging.getLogger("xueji")


def seal_of(settings: Settings) -> Seal:
    """The seal to go out with and to know returns by. Without a key in the environment one is made once, and said so.

    Raises XuejiError when HOME's key cannot be read, or is too short to be one.
    """
    if settings.seal_key:
        return Seal(settings.seal_key.encode())
    file = settings.home / FILE
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as written:
            written.write(secrets.token_hex(32) + "\n")
        logger.warning(
            "XUEJI_SEAL_KEY is not set: %s was made and seals what goes out; keep it with the back-ups", file
        )
    except FileExistsError:
        pass
    except OSError as error:
        raise XuejiError(f"{file}: {error.strerror}; expected to keep a key there, or one in XUEJI_SEAL_KEY") from error
    return Seal(read_key(settings).encode())


def read_key(settings: Settings) -> str:
    file = settings.home / FILE
    try:
        key = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise XuejiError(f"{file}: cannot be read; restore it from a back-up, or set XUEJI_SEAL_KEY") from error
    if len(key) < Settings.SHORTEST_KEY:
        raise XuejiError(
            f"{file}: {len(key)} characters, expected {Settings.SHORTEST_KEY} or more; restore it from a back-up"
        )
    return key
