"""/faults: what is in force, its begin and its end."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from .bodies import JSON, read_json
from .faults import Faults, Order
from .keys import KeyRing
from .problems import FieldError, Problem, pointer_to


def faults_blueprint(faults: Faults, keys: KeyRing | None) -> Blueprint:
    """Make the routes; changes need a key like those of records."""
    blueprint = Blueprint("faults", __name__, url_prefix="/faults")
    if keys is not None:
        blueprint.before_request(keys.guard)

    @blueprint.get("")
    def show() -> ResponseReturnValue:
        return jsonify(faults.show())

    @blueprint.put("")
    def begin() -> ResponseReturnValue:
        try:
            order = Order.model_validate(read_json(JSON))
        except ValidationError as error:
            raise Problem(422, "The body is no order of faults.", errors=_field_errors(error)) from None
        faults.begin(order)
        return jsonify(faults.show())

    @blueprint.delete("")
    def end() -> ResponseReturnValue:
        faults.end()
        return "", 204

    return blueprint


def _field_errors(error: ValidationError) -> tuple[FieldError, ...]:
    found = error.errors(include_url=False, include_input=False)
    return tuple(FieldError(pointer_to(each["loc"]), each["msg"]) for each in found)
