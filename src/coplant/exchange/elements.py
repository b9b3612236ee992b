"""XML as elements that know their line, read with the standard library's expat.

A document type definition is refused, and with it every entity that a file could declare: a file of a few lines can
declare text that unfolds to gigabytes, or that is read from elsewhere. No programme needs one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from coplant.errors import FileError


@dataclass
class Element:
    """An element of an XML file.

    Attributes
    ----------
    name : str
        Its name, without the namespace.
    row : int
        The line in which it begins.
    text : str
        The text directly in it, without blanks around it.
    children : list of Element
        Elements in it, in order.
    """

    name: str
    row: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, *path: str) -> Iterator[Element]:
        """Elements at the end of a path of names."""
        for child in self.children:
            if child.name == path[0]:
                if path[1:]:
                    yield from child.all(*path[1:])
                else:
                    yield child

    def one(self, name: str) -> Element | None:
        """The first element of a name in it; None if there is none."""
        return next(self.all(name), None)

    def get(self, name: str) -> str | None:
        """Text of the first element of a name in it; None if there is none, or it is empty."""
        found = self.one(name)
        return found.text or None if found else None


def read_elements(content: bytes, path: Path, namespace: str, root: str) -> Element:
    """Read a file of XML.

    Parameters
    ----------
    content : bytes
        What the file holds.
    path : Path
        Its name, for messages.
    namespace, root : str
        What its outermost element has to be.

    Raises
    ------
    FileError
        It is no XML, ends too early, is in an encoding that is not known, has a document type definition, or is XML of
        another kind.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    open_elements: list[Element] = []
    roots: list[Element] = []
    texts: list[list[str]] = []

    def begin(name: str, _: object) -> None:
        space, _, local = name.rpartition(" ")
        element = Element(local, parser.CurrentLineNumber)
        if not open_elements:
            if (space, local) != (namespace, root):
                raise FileError(
                    f"{path} is XML, but begins with <{local}> of {space or 'no namespace'} instead of <{root}> of"
                    f" {namespace}. Save the project as XML of that kind"
                )
            roots.append(element)
        elif space == namespace:
            open_elements[-1].children.append(element)
        open_elements.append(element)
        texts.append([])

    def end(_: str) -> None:
        open_elements.pop().text = "".join(texts.pop()).strip()

    def refuse(*_: object) -> None:
        raise FileError(
            f"{path} has a document type definition in line {parser.CurrentLineNumber}, which can make a small file"
            " unfold without end, and is not read. Remove <!DOCTYPE ...>"
        )

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda text: texts[-1].append(text)
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise FileError(f"{path} is not whole XML: {_told(error)}") from error
    except (LookupError, ValueError) as error:
        raise FileError(f"{path} is in an encoding that is not known: {error}. Save it as UTF-8") from error
    return roots[0]


def _told(error: expat.ExpatError) -> str:
    cut_off = (
        expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
        expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    )
    where = f"line {error.lineno}, column {error.offset + 1}"
    if error.code in cut_off:
        return f"it ends in the middle, in {where}. Save or send it again"
    if error.code == expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING]:
        return "its encoding is not known. Save it as UTF-8"
    return f"{expat.ErrorString(error.code)} in {where}. Save it again"
