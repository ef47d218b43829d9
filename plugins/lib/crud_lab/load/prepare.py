"""Makes a plan for one lab: what can be sent there is in the API's own description, whatever it serves."""

from __future__ import annotations

from crud_lab.errors import LabError
from crud_lab.load.plan import Plan, Stage
from crud_lab.verification.problem import VerifyError
from crud_lab.verification.sample import make_sample, read_description
from crud_lab.verification.site import Site


def plan_for(site: Site, profile: str, stages: list[Stage]) -> Plan:
    """Ask the API for its description and make a plan of it."""
    key_file = site.state_dir / "x-key"
    if not key_file.is_file():
        raise LabError(f"The key {key_file} is missing: run ansible-playbook site.yml --tags app, then this again.")
    try:
        description = read_description(site.url)
        sample = make_sample(description, site.resource, {})
    except VerifyError as error:
        raise LabError(f"{error.broken.seen}: {error.broken.fix}") from None
    return Plan(
        profile=profile,
        url=site.url,
        resource=site.resource,
        id_field=sample.id_field,
        record=sample.record,
        changed=sample.changed,
        key_file=str(key_file),
        chosen_ids=sample.id_chosen,
        faults="/faults" in description["paths"],
        stages=stages,
    )
