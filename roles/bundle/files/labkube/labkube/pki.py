"""Certificates: three authorities that stay, and short-lived certificates renewed when they no longer fit."""

import hashlib
import subprocess
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from labkube.files import PRIVATE, read_record, write_json
from labkube.notify import log

DAY = 86400
AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 365
# k3s renews at a start within this time of the end.
RENEW_DAYS = 120
RECORD = "issued.json"

SERVER_CA, CLIENT_CA, REQUEST_HEADER_CA = "server-ca", "client-ca", "request-header-ca"
AUTHORITIES = (SERVER_CA, CLIENT_CA, REQUEST_HEADER_CA)
# Signs the tokens of ServiceAccounts.
TOKEN_KEY = "service.key"  # noqa: S105 - a file name
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc")


@dataclass(frozen=True)
class Certificate:
    """One certificate that is wanted; with `names` it serves, without it identifies a client."""

    name: str
    authority: str
    common_name: str
    organization: str = ""
    names: tuple[str, ...] = ()


def due(wanted: Certificate, issued: dict[str, Any], authority_hash: str, now: float) -> str:
    """Why `wanted` must be issued (again); empty when what was issued will do."""
    if not issued:
        return "missing"
    if issued["authority_hash"] != authority_hash:
        return "its authority is new"
    for what, value in asdict(wanted).items():
        if issued["wanted"].get(what) != (list(value) if isinstance(value, tuple) else value):
            return f"its {what.replace('_', ' ')} changed"
    if issued["expires"] - now < RENEW_DAYS * DAY:
        return "it ends soon"
    return ""


def openssl_config(subject: dict[str, str], extensions: dict[str, str]) -> str:
    """What `openssl req` is to put into a certificate."""
    lines = ["[req]", "prompt = no", "distinguished_name = subject", "x509_extensions = extensions", "[subject]"]
    lines += [f"{key} = {value}" for key, value in subject.items() if value]
    lines += ["[extensions]", *(f"{key} = {value}" for key, value in extensions.items() if value)]
    return "\n".join(lines) + "\n"


def _openssl(arguments: Iterable[str], text: str = "") -> None:
    # The umask makes keys private from their first byte.
    result = subprocess.run(
        ["openssl", *arguments], input=text, capture_output=True, text=True, check=False, umask=0o077
    )
    if result.returncode:
        raise RuntimeError(f"openssl {' '.join(arguments)}: {result.stderr.strip()}")


def _request(target: Path, days: int, config: str, *signer: str) -> None:
    """A new key and its certificate in one call; without `signer` it signs itself."""
    argv = ["req", "-x509", "-config", "/dev/stdin", *_NEW_KEY, "-days", str(days), *signer]
    _openssl([*argv, "-keyout", f"{target}.key", "-out", f"{target}.crt"], config)


def _sign_self(directory: Path, name: str) -> None:
    config = openssl_config(
        # The time keeps the authorities of two installations apart.
        {"CN": f"labkube-{name}@{int(time.time())}"},
        {
            "basicConstraints": "critical, CA:TRUE",
            "keyUsage": "critical, keyCertSign, cRLSign, digitalSignature",
            "subjectKeyIdentifier": "hash",
        },
    )
    _request(directory / name, AUTHORITY_DAYS, config)


def _issue(directory: Path, wanted: Certificate) -> None:
    config = openssl_config(
        {"O": wanted.organization, "CN": wanted.common_name},
        {
            "basicConstraints": "critical, CA:FALSE",
            "keyUsage": "critical, digitalSignature",
            "extendedKeyUsage": "serverAuth" if wanted.names else "clientAuth",
            "subjectAltName": ", ".join(wanted.names),
            "authorityKeyIdentifier": "keyid",
        },
    )
    authority = directory / wanted.authority
    signer = ("-CA", f"{authority}.crt", "-CAkey", f"{authority}.key")
    _request(directory / wanted.name, CERTIFICATE_DAYS, config, *signer)


def _present(directory: Path, name: str) -> bool:
    return (directory / f"{name}.crt").exists() and (directory / f"{name}.key").exists()


def _hash(directory: Path, authority: str) -> str:
    return hashlib.sha256((directory / f"{authority}.crt").read_bytes()).hexdigest()


def ensure(directory: Path, certificates: Iterable[Certificate]) -> None:
    """Have all authorities, the token key and `certificates` in `directory`, issuing only what is due."""
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    # An openssl process waits more than it computes; all at once take no longer than two.
    with ThreadPoolExecutor() as pool:
        first = [pool.submit(_sign_self, directory, name) for name in AUTHORITIES if not _present(directory, name)]
        token_key = directory / TOKEN_KEY
        if not token_key.exists():
            # Not genpkey: the API server wants this key in the older form.
            argv = ("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(token_key))
            first.append(pool.submit(_openssl, argv))
        for job in first:
            job.result()
        record = read_record(directory / RECORD)
        hashes = {name: _hash(directory, name) for name in AUTHORITIES}
        now = time.time()
        jobs = {}
        for wanted in certificates:
            issued = record.get(wanted.name, {}) if _present(directory, wanted.name) else {}
            reason = due(wanted, issued, hashes[wanted.authority], now)
            if reason:
                log(f"issuing certificate {wanted.name}: {reason}")
                jobs[wanted] = pool.submit(_issue, directory, wanted)
        for wanted, job in jobs.items():
            job.result()
            record[wanted.name] = {
                "wanted": asdict(wanted),
                "authority_hash": hashes[wanted.authority],
                "expires": now + CERTIFICATE_DAYS * DAY,
            }
    if jobs:
        write_json(directory / RECORD, record, PRIVATE)
