"""The one writer of commands: each works as printed, and means the lab that this run was for."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from ansible import constants, context
from ansible.parsing.splitter import parse_kv

ROOT = Path(__file__).resolve().parents[3]
# A command as messages have it: a playbook, and perhaps tags.
COMMAND = re.compile(r"ansible-playbook (?P<playbook>[\w./-]+\.yml)(?P<tags> --tags [\w,]*\w)?")
# Variables whose values are never printed: by what they are called, or by a login in an address.
SECRET_NAME = re.compile(r"pass|secret|token|credential|_key$", re.IGNORECASE)
SECRET_VALUE = re.compile(r"://[^/\s]*@")
PLAIN = re.compile(r"[\w@%+:,./-]+")
# What one run was told to do, and the next one not again: remove a stage, make load, try a machine, permit a restart.
ONE_OFF = re.compile(r"\w+_state|load_\w+|preflight_launch|multipass_vm_grow")
FLAGS = {"ask_vault_pass": "--ask-vault-pass", "become_ask_pass": "--ask-become-pass", "ask_pass": "--ask-pass"}
FILES = {
    "vault_ids": "--vault-id",
    "vault_password_files": "--vault-password-file",
    "become_password_file": "--become-password-file",
    "connection_password_file": "--connection-password-file",
}


@dataclass(frozen=True)
class Commands:
    """Writes ansible-playbook commands with the options of the run that prints them."""

    # Of every command, as words of a shell.
    options: str = ""
    # Of the same command once more, beside or in place of these.
    options_again: str = ""
    # Names of variables that are left out, because their values are secrets.
    hidden: tuple[str, ...] = ()
    # Where the commands are typed.
    directory: Path = ROOT

    @classmethod
    def of_run(cls) -> Commands:
        """Give those of the ansible-playbook that this is a part of."""
        arguments = context.CLIARGS
        inventory = list(arguments.get("inventory") or [])
        words = (
            []
            if inventory == list(constants.config.get_config_value("DEFAULT_HOST_LIST"))
            else [f"--inventory={each}" for each in inventory]
        )
        words += [flag for name, flag in FLAGS.items() if arguments.get(name)]
        for name, flag in FILES.items():
            values = arguments.get(name) or ()
            words += [f"{flag}={each}" for each in ([values] if isinstance(values, str) else values)]
        check = ["--check"] if arguments.get("check") else []
        return cls.of(arguments.get("extra_vars") or (), words, check)

    @classmethod
    def of(
        cls,
        extra_vars: Iterable[str],
        words: Iterable[str] = (),
        again: Iterable[str] = (),
        directory: Path | None = None,
    ) -> Commands:
        """Take what -e gave, in Ansible's forms; other options; and those that only the same command has again."""
        given = [_Given.read(text) for text in extra_vars if text]
        lasting, all_of_it = [*words], [*words]
        for each in given:
            lasting += each.words(lambda name: not ONE_OFF.fullmatch(name))
            all_of_it += each.words(lambda _: True)
        hidden = dict.fromkeys(name for each in given for name in each.secrets())
        return cls(_shell(lasting), _shell([*all_of_it, *again]), tuple(hidden), directory or Path.cwd())

    def playbook(self, name: str, *tags: str) -> str:
        """Write the command that runs a playbook of the lab, or some of its tags."""
        return self._command(name, tags, self.options)

    def again(self, name: str, *tags: str) -> str:
        """Write the command that does the same once more."""
        return self._command(name, tags, self.options_again)

    def next_step(self, step: str) -> str:
        """Write the command for a tag of site.yml; what is more than one word is a command already."""
        return self.complete(step) if " " in step else self.playbook("site.yml", step)

    def complete(self, text: str) -> str:
        """Give each command in a message this run's options; one that has them already stays as it is."""

        def completed(match: re.Match[str]) -> str:
            behind = text[match.end() :]
            cut = behind.endswith(" …") and self.options.startswith(behind.removesuffix(" …"))
            if self.options and (cut or behind.startswith(self.options)):
                return match[0]
            return f"ansible-playbook {self._path(match['playbook'])}{match['tags'] or ''}{self.options}"

        return COMMAND.sub(completed, text)

    def _command(self, name: str, tags: Iterable[str], options: str) -> str:
        chosen = ",".join(tags)
        return f"ansible-playbook {self._path(name)}{f' --tags {chosen}' if chosen else ''}{options}"

    def _path(self, name: str) -> str:
        path = ROOT / name
        return shlex.quote(str(path.relative_to(self.directory) if path.is_relative_to(self.directory) else path))


def option(name: str, value: object) -> str:
    """Write what gives a variable a value, as words of a shell."""
    return _shell(_words({name: value})).strip()


def is_secret(name: str, value: object) -> bool:
    """Say whether a variable holds what may not be printed, or something inside it does."""
    if SECRET_NAME.search(name):
        return True
    if isinstance(value, Mapping):
        return any(is_secret(str(key), inner) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return any(is_secret("", inner) for inner in value)
    return SECRET_VALUE.search(str(value)) is not None


@dataclass(frozen=True)
class _Given:
    """One -e: its text, and the variables in it where they can be seen."""

    text: str
    variables: Mapping[str, Any]

    @classmethod
    def read(cls, text: str) -> _Given:
        if text.startswith("@"):
            return cls(text, {})
        if text[:1] not in ("[", "{"):
            return cls(text, parse_kv(text))
        try:
            found = yaml.safe_load(text)
        except yaml.YAMLError:  # !vault, which only Ansible reads
            found = None
        return cls(text, found if isinstance(found, dict) else {"what can't be read": "://@"})

    def secrets(self) -> Iterator[str]:
        return (name for name, value in self.variables.items() if is_secret(name, value))

    def words(self, wanted: Callable[[str], bool]) -> list[str]:
        """Give it as it was typed, where all of it is wanted."""
        secrets = set(self.secrets())
        kept = {name: value for name, value in self.variables.items() if wanted(name) and name not in secrets}
        return ["-e", self.text] if len(kept) == len(self.variables) and "\n" not in self.text else _words(kept)


def _words(variables: Mapping[str, Any]) -> list[str]:
    # What name=value can say is said so; Ansible takes it for text.
    plain = {name: value for name, value in variables.items() if isinstance(value, str) and PLAIN.fullmatch(value)}
    others = {name: value for name, value in variables.items() if name not in plain}
    words = [word for name, value in plain.items() for word in ("-e", f"{name}={value}")]
    return [*words, "-e", json.dumps(others)] if others else words


def _shell(words: Iterable[str]) -> str:
    return "".join(f" {shlex.quote(word)}" for word in words)
