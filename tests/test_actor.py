"""Actors: who acted, a person or an automation."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from itilcore.actor import Actor, ActorKind
from itilcore.errors import Defect, InvalidInput


def test_a_person() -> None:
    assert Actor.person("ada") == Actor("ada") == Actor("ada", ActorKind.PERSON)
    assert Actor.person("ada").is_person


def test_an_automation() -> None:
    assert Actor.automation("auto-close") == Actor("auto-close", ActorKind.AUTOMATION)
    assert not Actor.automation("auto-close").is_person


def test_a_person_and_an_automation_of_one_name_are_two() -> None:
    assert Actor.person("ada") != Actor.automation("ada")
    assert len({Actor.person("ada"), Actor.automation("ada"), Actor.person("ada")}) == 2


@pytest.mark.parametrize("identifier", ["", "  ", "\n", None, 7])
def test_a_blank_identifier_is_refused(identifier: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        Actor(identifier)
    assert [defect.path for defect in caught.value.defects] == ["identifier"]


def test_every_defect_is_listed_at_once() -> None:
    kind: Any = "person"
    with pytest.raises(InvalidInput) as caught:
        Actor(" ", kind)
    assert caught.value.subject == "actor"
    assert caught.value.defects == (
        Defect("identifier", "is ' ': it must be a text that is not blank"),
        Defect("kind", "is 'person': it must be an ActorKind"),
    )


def test_a_line_break_inside_an_identifier_is_kept() -> None:
    assert Actor.person("\nada").identifier == "\nada"


@pytest.mark.parametrize("actor", [Actor.person("ada"), Actor.automation("ada")])
def test_it_survives_pickling_and_hashes(actor: Actor) -> None:
    twin = pickle.loads(pickle.dumps(actor))
    assert twin == actor
    assert hash(twin) == hash(actor)
