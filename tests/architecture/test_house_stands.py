"""The rules, held over this very checkout."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from . import file_rules, import_rules, loading_rules, name_rules
from .house import House
from .tree import Tree, Violation

HERE = Path(__file__).parent
TREE = Tree(HERE.parents[1])
HOUSE = House.read(HERE / "floors.toml")


def none_of(violations: Iterable[Violation]) -> None:
    listed = sorted(violations)
    assert not listed, "\n" + "\n".join(map(str, listed))


def test_there_is_something_to_check() -> None:
    assert len(TREE.modules()) > 20
    assert {"errors", "incident", "metrics"} <= TREE.doors().keys()


def test_every_part_has_a_floor() -> None:
    none_of(import_rules.without_a_floor(TREE, HOUSE))


def test_imports_go_down() -> None:
    none_of(import_rules.across_floors(TREE, HOUSE))


def test_parts_are_entered_by_the_front_door() -> None:
    none_of(import_rules.by_a_side_door(TREE))


def test_imports_name_their_module() -> None:
    none_of(import_rules.computed_imports(TREE))


def test_libraries_stay_at_home() -> None:
    none_of(import_rules.third_parties(TREE, HOUSE))


def test_a_missing_extra_is_named() -> None:
    none_of(import_rules.unexcused_extras(TREE, HOUSE))


def test_the_plan_knows_what_is_installed() -> None:
    none_of(import_rules.other_dependencies(TREE, HOUSE))


def test_front_doors_list_their_names() -> None:
    none_of(name_rules.unlisted(TREE))


def test_public_names_are_pinned() -> None:
    none_of(name_rules.unpinned(TREE, HERE / "public_names.toml"))


def test_public_names_stand_in_the_glossary() -> None:
    none_of(name_rules.unexplained(TREE, HOUSE, TREE.root / "docs" / "glossary.md"))


def test_module_names_say_something() -> None:
    none_of(name_rules.nameless_modules(TREE))


def test_files_name_no_index_and_no_machine() -> None:
    none_of(file_rules.forbidden_words(TREE))


def test_importing_the_package_loads_nothing() -> None:
    none_of(loading_rules.loaded_eagerly(TREE))


def test_no_part_needs_an_extra_to_be_imported() -> None:
    none_of(loading_rules.useless_without_extras(TREE, HOUSE))
