"""Empty cases to fill in, made from the schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from coplant.case.files import written_whole
from coplant.case.folder import SETTINGS, toml_value
from coplant.case.workbook import description, write_template
from coplant.errors import FileError
from coplant.schema import TABLES


def template(path: str | Path) -> None:
    """Write an empty case with every table and column of the schema.

    Parameters
    ----------
    path : str or Path
        A workbook (``.xlsx``), whose header cells carry the descriptions as comments; or else a folder of CSV files
        with a ``README.md`` that describes them.

    Raises
    ------
    FileError
        The path cannot be written, or something is there already.
    """
    place = Path(path)
    if place.is_file() or (place.is_dir() and any(place.iterdir())):
        raise FileError(f"{place} is there already. Name a new workbook or folder")
    if place.suffix.lower() == ".xlsx":
        write_template(place)
        return
    with written_whole(place, folder=True) as folder:
        (folder / SETTINGS).write_text(_settings(), encoding="utf-8")
        for name, table in TABLES.items():
            if name != "case":
                (folder / f"{name}.csv").write_text(",".join(table.names) + "\n", encoding="utf-8")
        (folder / "README.md").write_text(_readme(), encoding="utf-8")


def _settings() -> str:
    lines = []
    for column in TABLES["case"].columns:
        lines += [f"# {line}\n" for line in description(column).splitlines()]
        example: Any = [] if column.name == "buckets" else column.default if column.default is not None else ""
        lines.append(f"{'' if column.required else '# '}{column.name} = {toml_value(example)}\n\n")
    return "".join(lines)


def _readme() -> str:
    parts = ["# The tables of this case\n"]
    for name, table in TABLES.items():
        parts.append(f"\n## {SETTINGS if name == 'case' else name}\n\n{table.description}.")
        parts.append(" At least one row is needed.\n\n" if table.required else "\n\n")
        parts.append("| column | what it is |\n| --- | --- |\n")
        for column in table.columns:
            facts = description(column).replace("\n", ". ").replace("|", "or")
            parts.append(f"| {column.name}{' (key)' if column.key else ''} | {facts} |\n")
    return "".join(parts)
