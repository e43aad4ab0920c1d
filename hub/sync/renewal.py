"""A hub's certificate ends one day: well before, it asks its centre for another, with a new key of its own making."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from hub.sync.membership import OWN, Papers, keep
from hub.sync.papers import RENEW_BEFORE, expires_at, is_from, is_of, key_pem, new_key, request

log = logging.getLogger(__name__)


class Renewal:
    """Of one membership's folder. The new key is in memory only until its certificate has come."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now
        self._key: ec.EllipticCurvePrivateKey | None = None

    def request(self) -> str | None:
        """What to ask the centre for now; None: the certificate lasts."""
        if expires_at((self._folder / OWN).read_text()) - self._now() > RENEW_BEFORE:
            return None
        self._key = self._key or new_key()
        return json.dumps({"request": request(self._key, "hub")})

    def take(self, said: Mapping[str, Any]) -> bool:
        """Keep a certificate that has come, if it is ours and the authority's that is trusted already; was it kept?

        Raises `KeyError` and `ValueError` for what is none.
        """
        certificate, authority = str(said["certificate"]), (self._folder / "authority.pem").read_text()
        if self._key is None or not is_of(certificate, self._key) or not is_from(certificate, authority):
            log.warning("a certificate came that this hub did not ask for, and was not taken")
            return False
        keep(self._folder, Papers(key=key_pem(self._key), certificate=certificate, authority=authority))
        self._key = None
        log.info("this hub has a new certificate")
        return True
