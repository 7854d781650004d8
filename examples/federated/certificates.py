"""Certificates for a try: an authority made on the spot, and a server at 127.0.0.1 that it vouches for. They last a day."""

import datetime
import ipaddress
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

folder = Path(sys.argv[1])
now = datetime.datetime.now(datetime.timezone.utc)


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def signed(subject, key, issuer, issuer_key, *extensions):
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


ca_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
usage = dict.fromkeys(["content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"], False)
ca = signed(
    "demo authority", ca_key, "demo authority", ca_key,
    (x509.BasicConstraints(ca=True, path_length=0), True),
    (x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage), True),
    (x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), False),
)
server = signed(
    "127.0.0.1", server_key, "demo authority", ca_key,
    (x509.BasicConstraints(ca=False, path_length=None), True),
    (x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]), False),
    (x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), False),
)
(folder / "ca.pem").write_bytes(ca)
(folder / "server.pem").write_bytes(server)
(folder / "server.key").touch(mode=0o600)
(folder / "server.key").write_bytes(server_key.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
))
