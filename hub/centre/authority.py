"""The centre's own certificate authority: who a hub is, is what its certificate says. X.509 by `cryptography`.

authority/   authority.pem  authority.key   revoked.pem (the list for the broker)
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from hub.sync.papers import key_pem, named, new_key

AUTHORITY_LASTS = timedelta(days=3650)
HUB_LASTS = timedelta(days=397)
"""A hub asks for another well before (`RENEW_BEFORE`)."""
_BEFORE_NOW = timedelta(minutes=5)
"""Clocks differ: a certificate of this minute must be good on a hub whose clock is a little behind."""
_OWN_ONLY = 0o600


class RequestError(ValueError):
    """A certificate request that cannot be granted; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A certificate, and what the centre keeps of it. `serial` is hexadecimal."""

    pem: str
    serial: str
    expires_at: datetime


class Authority:
    """Signs certificates. Made by `Authority.open`."""

    def __init__(self, folder: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self._folder = folder
        self._certificate = certificate
        self._key = key

    @classmethod
    def open(cls, folder: Path, now: datetime) -> "Authority":
        """The authority kept in this folder; a new one where there is none."""
        file, key_file = folder / "authority.pem", folder / "authority.key"
        if not file.exists():
            _found(folder, now)
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{key_file} holds no key of ours")
        authority = cls(folder, certificate, key)
        if not authority.list_file.exists():
            authority.revoke([], now)
        return authority

    @property
    def file(self) -> Path:
        """The authority's certificate, which everybody may have."""
        return self._folder / "authority.pem"

    @property
    def list_file(self) -> Path:
        """The list of revoked certificates, for the broker."""
        return self._folder / "revoked.pem"

    @property
    def pem(self) -> str:
        """The authority's certificate."""
        return self.file.read_text()

    def grant(self, request_pem: str, name: str, now: datetime) -> Granted:
        """A client certificate for whoever holds the key of this request. Its name is ours to say, not the request's.

        Raises `RequestError`.
        """
        try:
            asked = x509.load_pem_x509_csr(request_pem.encode())
        except ValueError as error:
            raise RequestError("it is no certificate request") from error
        if not asked.is_signature_valid:
            raise RequestError("it is not signed by its own key")
        key = asked.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise RequestError("its key must be an elliptic-curve key")
        built = self._builder(name, key, now, HUB_LASTS).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        return _granted(built.sign(self._key, hashes.SHA256()))

    def serve(self, folder: Path, hosts: Iterable[str], now: datetime) -> None:
        """Write a server's key and certificate (`server.key`, `server.pem`) for these host names or addresses."""
        key = new_key()
        names = x509.SubjectAlternativeName([_general(host) for host in hosts])
        built = self._builder("centre", key.public_key(), now, HUB_LASTS).add_extension(names, critical=False)
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "server.key", key_pem(key))
        (folder / "server.pem").write_text(_granted(built.sign(self._key, hashes.SHA256())).pem)

    def revoke(self, serials: Iterable[str], now: datetime) -> None:
        """Write the list of revoked certificates anew: all of these, and no other."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self._certificate.subject)
        builder = builder.last_update(now - _BEFORE_NOW).next_update(now + AUTHORITY_LASTS)
        for serial in serials:
            entry = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(now)
            builder = builder.add_revoked_certificate(entry.build())
        signed = builder.sign(self._key, hashes.SHA256())
        part = self.list_file.with_suffix(".part")
        part.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        part.replace(self.list_file)

    def _builder(
        self, name: str, key: ec.EllipticCurvePublicKey, now: datetime, lasts: timedelta
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(self._certificate.subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _BEFORE_NOW)
            .not_valid_after(now + lasts)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        )


def _found(folder: Path, now: datetime) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key, name = new_key(), named("Alongside centre")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE_NOW)
        .not_valid_after(now + AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(folder / "authority.key", key_pem(key))
    (folder / "authority.pem").write_text(certificate.public_bytes(serialization.Encoding.PEM).decode())


def _granted(certificate: x509.Certificate) -> Granted:
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    return Granted(pem=pem, serial=f"{certificate.serial_number:x}", expires_at=certificate.not_valid_after_utc)


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write(file: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWN_ONLY)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
