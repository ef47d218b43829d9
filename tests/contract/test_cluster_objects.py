"""What the roles put into a cluster: each object says whose it is, and none tells of a secret."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from checkout import ROOT, role_dir

ROLES = ("crud_api", "prometheus", "grafana")
KEY, REDIS, GRAFANA, SEAL = "k" * 43, "r" * 43, "g" * 24, "s" * 43
FILES = {"x-key": KEY, "redis-password": REDIS, "grafana-password": GRAFANA, "seal": SEAL}
GIVEN = {
    "lab_learned": {},
    "lab_manifest": {},
    "lab_profile": "ha",
    "crud_api_image": "an/image:1",
    "crud_api_redis_image": "an/image:1",
    "prometheus_adapter_enabled": True,
    "grafana_image": "an/image:1",
}
ALL = "{% for name in __ROLE_templates %}{{ lookup('ansible.builtin.template', name ~ '.yaml.j2') }}\n---\n{% endfor %}"

Objects = list[dict[str, Any]]


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Objects:
    """Give all objects that the roles can make."""
    directory = tmp_path_factory.mktemp("rendered")
    for name, content in FILES.items():
        (directory / name).write_text(f"{content}\n")
    for role in ROLES:
        (directory / "roles" / role / "tasks").mkdir(parents=True)
        for part in ("defaults", "files", "templates", "vars"):
            (directory / "roles" / role / part).symlink_to(role_dir(role) / part)
        task = {"dest": f"{directory}/{role}.yaml", "mode": "0600", "content": ALL.replace("ROLE", role)}
        (directory / "roles" / role / "tasks/main.yml").write_text(json.dumps([{"ansible.builtin.copy": task}]))
    variables = {**GIVEN, "lab_state_dir": str(directory)}
    play = {"hosts": "controller", "gather_facts": False, "roles": [*ROLES], "vars": variables}
    (directory / "play.yml").write_text(json.dumps([play]))
    program = shutil.which("ansible-playbook")
    assert program, "make check sets the environment up"
    done = subprocess.run(
        [program, "--inventory", ROOT / "inventory", directory / "play.yml"],
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_ROLES_PATH": f"{directory}/roles"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    texts = [(directory / f"{role}.yaml").read_text(encoding="utf-8") for role in ROLES]
    return [one for text in texts for one in yaml.safe_load_all(text) if one]


def test_every_object_bears_the_labs_label(objects: Objects) -> None:
    assert len(objects) > 40
    assert {one["metadata"]["labels"].get("crud-lab") for one in objects} == {"crud-lab"}


def test_pods_say_nothing_of_secrets(objects: Objects) -> None:
    """Prometheus shows their annotations to everybody: a bare hash of a password is enough to try words against it."""
    makers = [one for one in objects if one["kind"] in ("Deployment", "StatefulSet")]
    found = {one["metadata"]["name"]: one["spec"]["template"]["metadata"].get("annotations", {}) for one in makers}
    assert found["crud-api"]["checksum/key"] == _sum(SEAL, KEY, REDIS)
    assert found["redis"]["checksum/password"] == _sum(SEAL, REDIS)
    assert found["grafana"]["checksum/password"] == _sum(SEAL, GRAFANA)
    told = {_sum(KEY, REDIS), *(_sum(secret) for secret in FILES.values()), *FILES.values()}
    assert not told & {value for annotations in found.values() for value in annotations.values()}


def _sum(*words: str) -> str:
    return hashlib.sha256("".join(words).encode()).hexdigest()
