"""The variables of a run: each unknown or unfit one gets a sentence, all others pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from crud_lab import specs, values
from crud_lab.errors import LabError
from crud_lab.specs import Option
from crud_lab.variables import Checker, Scope

OPTIONS = [
    Option("lab_name", "preflight", {"type": "str", "required": True}),
    Option("lab_offline", "preflight", {"type": "bool"}),
    Option("lab_ssh_port", "preflight", {"type": "int"}),
    Option("lab_http_port", "preflight", {"type": "int"}),
    Option("lab_learned", "preflight", {"type": "dict"}),
    Option("app_replicas", "app", {"type": "int", "default": 1}),
    Option("app_service_type", "app", {"type": "str", "default": "ClusterIP", "choices": ["ClusterIP", "NodePort"]}),
    Option("app_url", "app", {"type": "str", "default": "{{ lab_learned.node.url }}"}),
    Option("app_key", "app", {"type": "str", "no_log": True}),
]


def problems(variables: Mapping[str, Any], given: tuple[str, ...] = ()) -> list[str]:
    known = {"lab_name": "lab", **variables}
    return Checker(OPTIONS, ["app"], given).problems([Scope(known, known.__getitem__)])


@pytest.mark.parametrize(
    "variables",
    [
        {"lab_name": "a"},
        {"lab_name": "a" * 40},
        {"lab_offline": "yes"},  # from -e
        {"lab_ssh_port": "2222", "lab_http_port": 8080},
        {"app_replicas": 3, "app_service_type": "NodePort"},
        {"app_url": "{{ lab_learned.node.url }}"},
        {"ansible_become_password": "x", "other": 1, "__app_result": {}, "lab_usual_seconds": 5},
    ],
)
def test_good_variables_pass(variables: dict[str, Any]) -> None:
    assert problems(variables, given=("ansible_become_password",)) == []


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"lab_name": "Lab"}, "lab_name is 'Lab', but must be " + values.LAB_NAME_IN_WORDS),
        ({"lab_name": "../x"}, "lab_name is '../x', but must be " + values.LAB_NAME_IN_WORDS),
        ({"lab_name": "a" * 41}, f"lab_name is '{'a' * 41}', but must be {values.LAB_NAME_IN_WORDS}"),
        ({"lab_name": ["lab"]}, 'lab_name is ["lab"], but must be text'),
        ({"lab_name": 5}, "lab_name is 5, but must be text in quotes"),
        ({"lab_name": None}, "lab_name is empty, but must be text"),
        ({"lab_offline": "maybe"}, "lab_offline is 'maybe', but must be true or false"),
        ({"lab_ssh_port": "yes"}, "lab_ssh_port is 'yes', but must be a port, 1 to 65535"),
        ({"lab_ssh_port": True}, "lab_ssh_port is true, but must be a port, 1 to 65535"),
        ({"lab_ssh_port": 65536}, "lab_ssh_port is 65536, but must be a port, 1 to 65535"),
        ({"app_replicas": 1.5}, "app_replicas is 1.5, but must be a whole number"),
        ({"app_service_type": "Nodeport "}, "app_service_type is 'Nodeport ', but must be one of ClusterIP, NodePort"),
        ({"app_key": ["secret"]}, "app_key is (hidden), but must be text"),
    ],
)
def test_a_value_that_does_not_fit_is_shown_with_what_fits(variables: dict[str, Any], sentence: str) -> None:
    assert problems(variables) == [sentence + ": correct it in inventory/group_vars/ or give another with -e."]


def test_the_fix_is_where_the_value_comes_from() -> None:
    (sentence,) = problems({"app_replicas": "many"}, given=("app_replicas",))
    assert sentence == "app_replicas is 'many', but must be a whole number: correct what -e gives for app_replicas."


def test_two_ports_may_not_be_the_same() -> None:
    (sentence,) = problems({"lab_ssh_port": 2222, "lab_http_port": "2222"})
    assert sentence == "lab_ssh_port and lab_http_port are the same port, 2222: give each its own."


def test_a_missing_variable_is_named() -> None:
    (sentence,) = Checker(OPTIONS, [], ()).problems([Scope({}, {"": ""}.__getitem__)])
    assert sentence == "lab_name is not set: set it in inventory/group_vars/all/lab.yml."


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("lab_htp_port", False, "lab_htp_port is no variable of this lab: did you mean lab_http_port?"),
        ("app_replica", False, "app_replica is no variable of this lab: did you mean app_replicas?"),
        ("replicas", True, "replicas is no variable of this lab: did you mean app_replicas?"),
        (
            "lab_x",
            False,
            "lab_x is no variable of this lab: the tables in roles/*/README.md list all.",
        ),
    ],
)
def test_an_unknown_variable_gets_the_nearest_names(name: str, *, given: bool, sentence: str) -> None:
    assert problems({name: 1}, given=(name,) if given else ()) == [sentence]


def test_what_cannot_be_evaluated_is_named() -> None:
    def fail(name: str) -> Any:
        raise LabError(f"'nope' in {name} is undefined")

    (sentence,) = Checker(OPTIONS[-1:], [], ()).problems([Scope({"app_key": "{{ nope }}"}, fail)])
    assert sentence.startswith("app_key can't be evaluated ('nope' in app_key is undefined): correct it")


def test_what_later_stages_learn_is_not_evaluated_yet() -> None:
    def fail(name: str) -> Any:
        raise AssertionError(name)

    scope = Scope({"app_key": "{{ lab_learned.node.key }}"}, fail)
    assert Checker(OPTIONS[-1:], [], ()).problems([scope]) == []


def test_the_same_problem_on_several_hosts_is_told_once() -> None:
    variables = {"lab_name": "lab", "app_replicas": "x"}
    scopes = [Scope(variables, variables.__getitem__)] * 2
    assert len(Checker(OPTIONS, ["app"], ()).problems(scopes)) == 1


def test_what_is_inside_lists_and_mappings_counts() -> None:
    spec = {
        "type": "list",
        "elements": "dict",
        "options": {"name": {"type": "str", "required": True}, "sizes": {"type": "list", "elements": "int"}},
    }
    assert not list(values.problems("x", [{"name": "a", "sizes": [1, "2"]}], spec))
    assert list(values.problems("x", [{"nane": "a", "sizes": [1.5]}, "b"], spec)) == [
        "x[0].nane is unknown; known are name, sizes",
        "x[0].name is missing",
        "x[0].sizes[0] is 1.5, but must be a whole number",
        "x[1] is 'b', but must be a mapping of names to values",
    ]


def test_the_choices_of_a_list_are_for_its_elements() -> None:
    spec = {"type": "list", "elements": "str", "choices": ["coredns", "traefik"], "default": []}
    assert list(values.problems("x", ["traefik"], spec)) == []
    assert list(values.problems("x", ["traefik", "coredns"], spec)) == []
    assert list(values.problems("x", ["traefik", "treafik"], spec)) == [
        "x[1] is 'treafik', but must be one of coredns, traefik"
    ]
    assert list(values.problems("x", "traefik", spec)) == ["x is 'traefik', but must be a list"]


def test_what_all_roles_share_is_what_preflight_says() -> None:
    shared = [option for option in specs.read() if option.name.startswith("lab_")]
    assert {option.role for option in shared} == {specs.COMMON}
    assert len({option.name for option in shared}) == len(shared)
