from pathlib import Path

import pytest
from crud_api.settings import Settings, StartError


def test_variables_become_settings() -> None:
    settings = Settings.from_environment({"CRUD_MAX_RECORDS": "5", "CRUD_KEY_FILE": "/run/keys", "OTHER": "x"})
    assert (settings.max_records, settings.key_file, settings.auth) == (5, Path("/run/keys"), "on")


def test_kubernetes_variables_of_the_service_are_none_of_ours() -> None:
    assert Settings.from_environment({"CRUD_API_PORT": "tcp://10.43.0.1:5000"}) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("CRUD_MAX_RECORDS", "many", "crud-api: CRUD_MAX_RECORDS=many: Input should be a valid integer"),
        ("CRUD_MAX_RECORDS", "0", "crud-api: CRUD_MAX_RECORDS=0: Input should be greater than or equal to 1"),
        ("CRUD_AUTH", "no", "crud-api: CRUD_AUTH=no: Input should be 'on' or 'off'"),
        (
            "CRUD_KEYFILE",
            "x",
            "crud-api: CRUD_KEYFILE is no setting: correct the name or unset it. There are CRUD_RESOURCE, ",
        ),
    ],
)
def test_a_wrong_variable_ends_the_start_with_a_sentence(name: str, value: str, sentence: str) -> None:
    with pytest.raises(StartError) as raised:
        Settings.from_environment({name: value})
    assert str(raised.value).startswith(sentence)
