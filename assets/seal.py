"""Seals: a keyed fingerprint on every workbook that goes out and on each of its rows, by which what comes back is known again."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

SEAL_LENGTH = 32  # hexadecimal digits: 128 bits


@dataclass(frozen=True)
class Seal:
    """Makes and tests seals with one key. Never shown: its own text is its key's name alone."""

    key: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """Tells keys apart, and nothing of them."""
        return self._digest(("key",))[:8]

    def of_file(self, form: str, owner: str, edition: str) -> str:
        """The seal of a workbook: its form, the school or office it was made for, its edition."""
        return self._digest(("file", form, owner, edition))

    def of_row(self, form: str, owner: str, edition: str, texts: Sequence[str]) -> str:
        """The seal of one row of a workbook; `texts` are `return_forms.sealed_texts`."""
        return self._digest(("row", form, owner, edition, *texts))

    def _digest(self, texts: Sequence[str]) -> str:
        # Lengths go before the texts, so that no two lists of texts read alike.
        message = "".join(f"{len(text)}:{text}" for text in texts).encode(errors="surrogatepass")
        return hmac.digest(self.key, message, sha256).hex()[:SEAL_LENGTH]


def is_seal(given: str, expected: str) -> bool:
    """Compares in a time that tells nothing of the expected seal."""
    return hmac.compare_digest(given.encode(errors="surrogatepass"), expected.encode())
