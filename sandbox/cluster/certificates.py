"""The cluster's certificates, made once and kept with its data."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.cluster.addresses import API_SERVICE, NODE

_TEN_YEARS = datetime.timedelta(days=3650)
_PrivateKey = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Certificates:
    """The folder with the cluster's keys and certificates: `<name>.crt` and `<name>.key`."""

    folder: Path

    def crt(self, name: str) -> Path:
        """Return a certificate's file."""
        return self.folder / f"{name}.crt"

    def key(self, name: str) -> Path:
        """Return a private key's file."""
        return self.folder / f"{name}.key"


CLIENTS = {
    "admin": ("stackwright", "system:masters"),
    "controller-manager": ("system:kube-controller-manager", None),
    "scheduler": ("system:kube-scheduler", None),
    "kubelet": ("system:node:sandbox", "system:nodes"),
    "kube-proxy": ("system:kube-proxy", None),
    "kwok": ("stackwright:kwok", "system:masters"),
    "apiserver-kubelet": ("kube-apiserver", "system:masters"),
    "front-proxy": ("front-proxy", None),
}
"""Client certificates: common name and group, which is what the API server knows them by."""


def certificates(folder: Path) -> Certificates:
    """Return the cluster's certificates, making those that are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    files = Certificates(folder)
    authority = _authority(files)
    for name, (common_name, group) in CLIENTS.items():
        issue_client(files, name, common_name, group)
    if not files.crt("apiserver").exists():
        _issue(files, authority, "apiserver", "kube-apiserver", None, server=True)
    if not files.key("service-accounts").exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        _write(files.key("service-accounts"), _pem(key))
    return files


def issue_client(files: Certificates, name: str, common_name: str, group: str | None = None) -> None:
    """Issue a client's certificate, unless it has one; the API server knows the client by its common name and group."""
    if not files.crt(name).exists():
        _issue(files, _authority(files), name, common_name, group, server=False)


def _authority(files: Certificates) -> tuple[x509.Certificate, _PrivateKey]:
    if files.crt("ca").exists():
        key = serialization.load_pem_private_key(files.key("ca").read_bytes(), None)
        assert isinstance(key, _PrivateKey)  # noqa: S101 - written below.
        return x509.load_pem_x509_certificate(files.crt("ca").read_bytes()), key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stackwright-sandbox")])
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    certificate = (
        _builder(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(files.key("ca"), _pem(key))
    _write(files.crt("ca"), certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _issue(
    files: Certificates,
    authority: tuple[x509.Certificate, _PrivateKey],
    name: str,
    common_name: str,
    group: str | None,
    *,
    server: bool,
) -> None:
    issuer, issuer_key = authority
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group)] if group else []
    subject = x509.Name([*names, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    usage = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = _builder(subject, issuer.subject, key).add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if server:
        builder = builder.add_extension(x509.SubjectAlternativeName(_server_names()), critical=False)
    certificate = builder.sign(issuer_key, hashes.SHA256())
    _write(files.key(name), _pem(key))
    _write(files.crt(name), certificate.public_bytes(serialization.Encoding.PEM))


def _server_names() -> list[x509.GeneralName]:
    hosts = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
    addresses = ("127.0.0.1", API_SERVICE, NODE)
    return [
        *(x509.DNSName(host) for host in (*hosts, "kubernetes.default.svc.cluster.local")),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in addresses),
    ]


def _builder(subject: x509.Name, issuer: x509.Name, key: _PrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + _TEN_YEARS)
    )


def _pem(key: _PrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def _write(path: Path, data: bytes) -> None:
    """Write a file whole: a start that dies in the middle leaves none half written."""
    half = path.with_suffix(".writing")
    half.write_bytes(data)
    half.chmod(0o600)
    half.rename(path)
