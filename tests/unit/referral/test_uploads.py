"""What comes out of an upload of many messages, and what is refused, by itself or as a whole."""

import io
import struct
import zipfile

import pytest

from services.referral.domain import uploads
from services.referral.domain.uploads import Part, RefusedUpload, UploadedFile, files

XML = b"<a/>"


def zipped(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def found(*parts: tuple[str, bytes]) -> list[UploadedFile]:
    return list(files([Part(name, io.BytesIO(content)) for name, content in parts]))


def refused(*parts: tuple[str, bytes]) -> str:
    with pytest.raises(RefusedUpload) as caught:
        found(*parts)
    return caught.value.code


def test_files_and_zips_come_out_in_order() -> None:
    archive = zipped(("b/2.xml", b"<b/>"), ("b/", b""), ("a.xml", XML))
    assert found(("C:\\map\\1.xml", XML), ("all.zip", archive)) == [
        UploadedFile("1.xml", XML),
        UploadedFile("b/2.xml", b"<b/>"),
        UploadedFile("a.xml", XML),
    ]


def test_the_files_may_be_asked_again() -> None:
    part = Part("all.zip", io.BytesIO(zipped(("a.xml", XML))))
    assert list(files([part])) == list(files([part]))


def test_a_zip_in_a_zip_is_one_clear_line_and_the_rest_goes_on() -> None:
    inner = zipped(("deep.xml", XML))
    first, second = found(("all.zip", zipped(("inner.zip", inner), ("a.xml", XML))))
    assert (first.refusal, first.content) == (uploads.ZIP_IN_ZIP, inner)
    assert second == UploadedFile("a.xml", XML)


@pytest.mark.parametrize("name", ["/etc/passwd", "../x.xml", "a/../../x.xml", "..\\x.xml", "\\x.xml", "C:\\x.xml"])
def test_a_path_outside_the_zip_refuses_it_whole(name: str) -> None:
    assert refused(("all.zip", zipped(("a.xml", XML), (name, XML)))) == "unsafe-path"


@pytest.mark.parametrize("end", [10, -30], ids=["begin", "end"])
def test_a_zip_that_did_not_arrive_whole_is_refused(end: int) -> None:
    assert refused(("all.zip", zipped(("a.xml", XML * 100))[:end])) == "broken-zip"


def test_nothing_in_it_is_refused() -> None:
    assert refused() == "no-files"
    assert refused(("all.zip", zipped())) == "no-files"


def test_an_empty_file_is_refused_by_itself() -> None:
    assert [each.refusal for each in found(("a.xml", b""), ("b.xml", XML))] == [uploads.EMPTY, None]


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_BATCH_BYTES", 3_000_000)
    bomb = zipped(*((f"{number}.xml", bytes(1_000_000)) for number in range(4)))
    assert len(bomb) < 10_000
    assert refused(("all.zip", bomb)) == "too-much-content"


def test_a_bomb_that_lies_about_its_size_ends_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_ENVELOPED_BYTES", 50_000)
    monkeypatch.setattr(uploads, "_CHUNK", 10_000)
    size = 5_000_000
    honest = zipped(("a.xml", bytes(size)))
    lying = honest.replace(struct.pack("<L", size), struct.pack("<L", 40_000))
    assert lying != honest
    [file] = found(("all.zip", lying))
    assert file.refusal in (uploads.DAMAGED, uploads.TOO_LARGE)
    assert len(file.content) <= 60_000


def test_a_message_that_is_too_large_is_refused_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_ENVELOPED_BYTES", 100)
    assert [each.refusal for each in found(("a.xml", bytes(101)), ("b.xml", bytes(100)))] == [uploads.TOO_LARGE, None]


def test_a_damaged_entry_is_refused_by_itself() -> None:
    archive = bytearray(zipped(("a.xml", b"<a>" + bytes(200) + b"</a>"), ("b.xml", XML), method=zipfile.ZIP_STORED))
    archive[60] ^= 0xFF
    assert [each.refusal for each in found(("all.zip", bytes(archive)))] == [uploads.DAMAGED, None]


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_FILES", 2)
    assert refused(*((f"{number}.xml", XML) for number in range(3))) == "too-many-files"
