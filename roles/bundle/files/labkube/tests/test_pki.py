import json
import ssl
import subprocess
from dataclasses import replace

import pytest
from labkube import config, credentials, pki
from labkube.pki import DAY, Certificate

NOW = 1_800_000_000.0
WANTED = Certificate("serving", pki.SERVER_CA, "server", names=("DNS:lab", "IP:192.0.2.7"))


@pytest.fixture
def issued():
    wanted = {
        "name": "serving",
        "authority": "server-ca",
        "common_name": "server",
        "organization": "",
        "names": ["DNS:lab", "IP:192.0.2.7"],
    }
    return {"wanted": wanted, "authority_hash": "abc", "expires": NOW + 365 * DAY}


def test_a_fitting_certificate_stays(issued):
    assert pki.due(WANTED, issued, "abc", NOW) == ""


def test_a_missing_certificate_is_issued():
    assert pki.due(WANTED, {}, "abc", NOW) == "missing"


def test_a_new_address_renews(issued):
    moved = replace(WANTED, names=("DNS:lab", "IP:192.0.2.8"))
    assert pki.due(moved, issued, "abc", NOW) == "its names changed"


def test_a_new_node_name_renews(issued):
    assert pki.due(replace(WANTED, common_name="other"), issued, "abc", NOW) == "its common name changed"


def test_a_new_authority_renews(issued):
    assert pki.due(WANTED, issued, "def", NOW) == "its authority is new"


def test_the_end_renews_in_time(issued):
    assert pki.due(WANTED, issued, "abc", issued["expires"] - (pki.RENEW_DAYS + 1) * DAY) == ""
    assert pki.due(WANTED, issued, "abc", issued["expires"] - (pki.RENEW_DAYS - 1) * DAY) == "it ends soon"


def test_certificates_serve_and_identify(tmp_path, capsys):
    certificates = [WANTED, Certificate("client", pki.CLIENT_CA, "system:admin", "system:masters")]
    pki.ensure(tmp_path, certificates)
    context = ssl.create_default_context(cafile=str(tmp_path / "server-ca.crt"))
    context.load_cert_chain(tmp_path / "client.crt", tmp_path / "client.key")
    shown = subprocess.run(
        ["openssl", "x509", "-in", tmp_path / "serving.crt", "-noout", "-ext", "subjectAltName,extendedKeyUsage"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "DNS:lab, IP Address:192.0.2.7" in shown
    assert "TLS Web Server Authentication" in shown
    for name, authority, purpose in (("serving", "server-ca", "sslserver"), ("client", "client-ca", "sslclient")):
        argv = ["openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", tmp_path / f"{authority}.crt"]
        subprocess.run([*argv, tmp_path / f"{name}.crt"], capture_output=True, check=True)
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_a_second_start_issues_only_what_changed(tmp_path, capsys):
    client = Certificate("client", pki.CLIENT_CA, "admin")
    pki.ensure(tmp_path, [WANTED, client])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    capsys.readouterr()

    pki.ensure(tmp_path, [WANTED, client])
    assert capsys.readouterr().out == ""

    pki.ensure(tmp_path, [replace(WANTED, names=("DNS:other",)), client])
    changed = {path.name for path in tmp_path.iterdir() if path.read_bytes() != before[path.name]}
    assert changed == {"serving.crt", "serving.key", pki.RECORD}
    assert capsys.readouterr().out == "labkube: issuing certificate serving: its names changed\n"


def test_a_damaged_record_renews_all_but_keeps_the_authorities(tmp_path):
    pki.ensure(tmp_path, [WANTED])
    authority = (tmp_path / "server-ca.crt").read_bytes()
    (tmp_path / pki.RECORD).write_text("{")
    pki.ensure(tmp_path, [WANTED])
    assert (tmp_path / "server-ca.crt").read_bytes() == authority
    assert json.loads((tmp_path / pki.RECORD).read_text())["serving"]["wanted"]["names"] == list(WANTED.names)


def test_the_api_server_answers_by_every_name_it_is_called():
    settings = config.read("node-name: lab\ntls-san: [127.0.0.1, lab.example]\n")
    by_name = {certificate.name: certificate for certificate in credentials.certificates(settings, "172.17.0.2")}
    names = by_name[credentials.API_SERVER].names
    wanted = (
        "IP:127.0.0.1",
        "IP:172.17.0.2",
        "IP:10.43.0.1",
        "DNS:lab",
        "DNS:lab.example",
        "DNS:kubernetes.default.svc",
    )
    assert set(wanted) <= set(names)
    assert len(names) == len(set(names))
    assert by_name["client-kubelet"].common_name == "system:node:lab"
