"""XML as a stream: definitions, encodings, tears."""

from __future__ import annotations

import io
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

import pytest

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.text.xml_stream import first_element, read_xml

APPLE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14; "quotes' and ]> within an aside -->
<!ELEMENT HealthData (Record)*>
<!ATTLIST Record
  value CDATA #REQUIRED
>
]>
<HealthData locale="en"><Record value="1"/></HealthData>
"""


class Seen(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.texts: list[str] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        self.names.append(name)

    def characters(self, content: str) -> None:
        self.texts.append(content)


def parse(text: str | bytes, definition_of: str | None = None) -> tuple[Seen, str | None]:
    data = text.encode() if isinstance(text, str) else text
    seen = Seen()
    torn = read_xml(io.BytesIO(data), seen, namespaces=False, definition_of=definition_of)
    return seen, torn


def test_a_list_of_elements_is_skipped_and_lines_keep_their_numbers() -> None:
    seen, torn = parse(APPLE, "HealthData")
    assert torn is None
    assert seen.names == ["HealthData", "Record"]
    assert parse(APPLE.replace("</HealthData>", "<!"), "HealthData")[1] == (
        f"line {APPLE.count(chr(10))}: not well-formed (invalid token)"
    )


def test_a_broken_list_does_no_harm() -> None:
    broken = APPLE.replace("#REQUIRED\n>", "#REQUIRED").replace("<!ELEMENT", "<!ELEMENT <!ELEMENT")
    assert parse(broken, "HealthData")[0].names == ["HealthData", "Record"]


@pytest.mark.parametrize(
    "added",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">',
        '<!entity a "a">',
        '<!ENTITY % remote SYSTEM "http://example.org/x.dtd"> %remote;',
        '<!ENTITY file SYSTEM "file:///etc/passwd">',
        '<!NOTATION n SYSTEM "n">',
        "%x;",
        "<?run this?>",
    ],
)
def test_a_list_that_declares_more_is_refused(added: str) -> None:
    with pytest.raises(UnreadableFileError, match="document type definition"):
        parse(APPLE.replace("<!ELEMENT", f"{added}<!ELEMENT"), "HealthData")


@pytest.mark.parametrize(
    ("text", "definition_of"),
    [
        (APPLE, None),
        (APPLE, "SickData"),
        (APPLE.replace("HealthData [", 'HealthData SYSTEM "x.dtd" ['), "HealthData"),
        (APPLE.replace("HealthData [", 'HealthData PUBLIC "x" "y" ['), "HealthData"),
        ("<!DOCTYPE HealthData><HealthData/>", "HealthData"),
        ("<!DOCTYPE HealthData [" + "<!--" * 100_000, "HealthData"),
        ("<!DOCTYPE HealthData [" + "]" * 400_000, "HealthData"),
        (APPLE.replace("<HealthData", "<!DOCTYPE a []><HealthData"), "HealthData"),
        ("<!-- " + " " * 100_000 + "-->" + APPLE.partition("\n")[2], "HealthData"),
    ],
    ids=["none", "another", "system", "public", "bare", "asides", "ends", "second", "late"],
)
def test_any_other_definition_is_refused(text: str, definition_of: str | None) -> None:
    with pytest.raises(UnreadableFileError, match="document type definition"):
        parse(text, definition_of)


@pytest.mark.parametrize("aside", [b"<!--", b"<!-- " + b" " * 2**19 + b"-->", b" " * 2**19])
def test_nothing_hides_a_definition_by_its_length(aside: bytes) -> None:
    data = b'<?xml version="1.0"?>' + aside + b" " * 2**19 + b"<!DOCTYPE r [<!ENTITY a 'b'>]><r/>"
    file = io.BytesIO(data)
    with pytest.raises(UnreadableFileError, match=r"first 256 KiB|document type definition"):
        read_xml(file, ContentHandler(), namespaces=False)
    assert file.tell() < 2**20  # it is not read to its end first


def test_a_long_comment_before_the_first_element_is_read_past() -> None:
    data = b"<!-- " + b" " * 2**17 + b"--><r/>"
    assert read_xml(io.BytesIO(data), ContentHandler(), namespaces=False) is None


def test_a_tear_is_told_with_its_line() -> None:
    seen, torn = parse("<a>\n<b/>\n<c")
    assert seen.names == ["a", "b"]
    assert torn == "line 3: unclosed token"


@pytest.mark.parametrize(
    "data",
    [
        "<a>Gr\u00fcn</a>".encode(),
        b"\xef\xbb\xbf" + "<a>Gr\u00fcn</a>".encode(),
        "<a>Gr\u00fcn</a>".encode("utf-16"),
        "<a>Gr\u00fcn</a>".encode("utf-16-le"),
        "<a>Gr\u00fcn</a>".encode("utf-16-be"),
        '<?xml version="1.0" encoding="ISO-8859-1"?><a>Gr\u00fcn</a>'.encode("latin-1"),
        '<?xml version="1.0" encoding="utf-16"?><a>Gr\u00fcn</a>'.encode(),
    ],
)
def test_encodings(data: bytes) -> None:
    seen, torn = parse(data)
    assert torn is None
    assert "".join(seen.texts) == "Gr\u00fcn"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<gpx>", "gpx"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- <tcx> --><x:gpx a="1">', "gpx"),
        ("<gpx>".encode("utf-16"), "gpx"),
        (b'<!DOCTYPE lolz [<!ENTITY a "]>">]> <gpx>', "gpx"),
        (b'<!DOCTYPE gpx SYSTEM "http://x/y"><gpx>', "gpx"),
        (b"<!DOCTYPE HealthData [ <!ELEMENT", "HealthData"),
        (b"column\n1\n", ""),
        (b"", ""),
    ],
)
def test_the_first_element_tells_the_format(head: bytes, name: str) -> None:
    assert first_element(head) == name
