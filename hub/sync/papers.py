"""A hub's papers: its private key, its request for a certificate, what a certificate says. X.509 by `cryptography`."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

RENEW_BEFORE = timedelta(days=60)
"""So long before its certificate ends, a hub asks for another."""


def new_key() -> ec.EllipticCurvePrivateKey:
    """A private key of its own for a hub, a server or an authority."""
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    """A private key as a PEM text, to be kept in a file of its owner alone."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def request(key: ec.EllipticCurvePrivateKey, name: str) -> str:
    """A hub's certificate request (PKCS #10) as a PEM text. The key never leaves the hub."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(named(name))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def is_from(certificate_pem: str, authority_pem: str) -> bool:
    """Whether this authority signed this certificate."""
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    try:
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority_pem.encode()))
    except (ValueError, InvalidSignature):
        return False
    return True


def expires_at(certificate_pem: str) -> datetime:
    """Until when a certificate is good."""
    return x509.load_pem_x509_certificate(certificate_pem.encode()).not_valid_after_utc


def is_of(certificate_pem: str, key: ec.EllipticCurvePrivateKey) -> bool:
    """Whether a certificate is of this key."""
    return x509.load_pem_x509_certificate(certificate_pem.encode()).public_key() == key.public_key()


def named(common: str) -> x509.Name:
    """A subject's name in a certificate."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
