"""A watched folder and a folder of what was written: nothing is sent, answered or fetched twice, whatever happens."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from deploy.cli.main import run
from deploy.exchange import folder as folders
from deploy.exchange.fetching import Fetched, fetch
from deploy.exchange.files import place
from deploy.exchange.folder import Folder
from services.kit.problems import Unavailable
from services.referral.client import ReferralClient
from services.referral.istandaarden import read
from tests.integration.referral.referral_world import ADMINISTRATOR, PLANNER, World
from tests.integration.referral.test_referral_batches import request

OTHER = "planner-kompas"


def client_of(world: World, person: str) -> ReferralClient:
    async def token() -> str:
        return person

    return ReferralClient("http://referral", world.http, token, language="en")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "in", tmp_path / "out")


def names(directory: Path) -> list[str]:
    return sorted(each.name for each in directory.iterdir() if each.is_file())


async def look(folder: Folder, client: ReferralClient) -> list[dict[str, Any]]:
    return [line async for line in folder.send_ready(client)]


async def received(world: World) -> int:
    async with world.database.worker.acquire() as connection:
        count: int = await connection.fetchval("select count(*) from message where direction = 'received'")
    return count


async def test_what_is_put_in_the_folder_is_sent_answered_and_moved(world: World, folder: Folder) -> None:
    client = client_of(world, ADMINISTRATOR)
    (folder.incoming / "1.xml").write_bytes(request(1))
    (folder.incoming / "2.xml").write_bytes(b"<kapot>")
    (folder.incoming / "notes.txt").write_text("not a message")
    assert await look(folder, client) == [], "a file is first seen, then sent"
    first, second = await look(folder, client)
    assert (first["message"], first["accepted"]) == ("JW315", True)
    assert (second["accepted"], second["level"]) == (False, "technical")
    assert names(folder.outgoing) == ["1.JW316.xml", "2.error.json"]
    assert read((folder.outgoing / "1.JW316.xml").read_bytes()).kind == "JW316"
    assert "well-formed" in json.loads((folder.outgoing / "2.error.json").read_text())["error"]
    assert names(folder.incoming) == ["notes.txt"]
    assert (names(folder.incoming / "done"), names(folder.incoming / "refused")) == (["1.xml"], ["2.xml"])
    assert await look(folder, client) == []


async def test_a_file_that_still_grows_is_left_alone(world: World, folder: Folder) -> None:
    client, file, content = client_of(world, ADMINISTRATOR), folder.incoming / "1.xml", request(1)
    for end in (100, 500, 900):
        file.write_bytes(content[:end])
        assert await look(folder, client) == []
    file.write_bytes(content)
    assert await look(folder, client) == []
    [line] = await look(folder, client)
    assert line["accepted"]


@pytest.mark.parametrize("killed_at", ["place", "move"])
async def test_killed_in_between_it_goes_on_without_doing_anything_twice(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    client = client_of(world, ADMINISTRATOR)
    (folder.incoming / "1.xml").write_bytes(request(1))

    def killed(*_: Any) -> Path:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(folders, killed_at, killed)
        folder.ready()
        with pytest.raises(SystemExit):
            await look(folder, client)
    before = [(folder.outgoing / name).stat().st_ino for name in names(folder.outgoing)]
    again = Folder(folder.incoming, folder.outgoing)
    assert await look(again, client) == []
    [line] = await look(again, client)
    assert line["accepted"]
    assert names(folder.outgoing) == ["1.JW316.xml"]
    assert names(folder.incoming / "done") == ["1.xml"]
    assert await received(world) == 1
    assert before in ([], [(folder.outgoing / "1.JW316.xml").stat().st_ino])


async def test_another_message_under_the_same_name_replaces_nothing(world: World, folder: Folder) -> None:
    client = client_of(world, ADMINISTRATOR)
    for number in (1, 2):
        (folder.incoming / "1.xml").write_bytes(request(number))
        folder.ready()
        assert len(await look(folder, client)) == 1
    assert names(folder.outgoing) == ["1.JW316-2.xml", "1.JW316.xml"]
    assert names(folder.incoming / "done") == ["1-2.xml", "1.xml"]


async def test_a_service_that_is_away_is_waited_for(world: World, folder: Folder) -> None:
    def away(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away")

    async def token() -> str:
        return ADMINISTRATOR

    (folder.incoming / "1.xml").write_bytes(request(1))
    folder.ready()
    async with httpx.AsyncClient(transport=httpx.MockTransport(away)) as http:
        with pytest.raises(Unavailable):
            await look(folder, ReferralClient("http://referral", http, token))
    assert names(folder.incoming) == ["1.xml"]
    [line] = await look(folder, client_of(world, ADMINISTRATOR))
    assert line["accepted"]


async def test_a_message_of_another_party_is_refused(world: World, folder: Folder) -> None:
    (folder.incoming / "1.xml").write_bytes(request(1))
    folder.ready()
    [line] = await look(folder, client_of(world, OTHER))
    assert not line["accepted"]
    assert names(folder.incoming / "refused") == ["1.xml"]
    assert "sender" in json.loads((folder.outgoing / "1.error.json").read_text())["error"]


async def test_what_was_written_is_fetched_once_and_oldest_first(world: World, tmp_path: Path) -> None:
    client, directory = client_of(world, PLANNER), tmp_path / "fetched"
    for number in (1, 2):
        await world.send(ADMINISTRATOR, request(number))
    lines = [line async for line in fetch(client, Fetched(directory))]
    assert [line["message"] for line in lines] == ["JW316", "JW316"]
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    kept = [name for name in names(directory) if not name.startswith(".")]
    assert kept == [Path(line["file"]).name for line in lines]
    assert [line async for line in fetch(client, Fetched(directory))] == []
    await world.send(ADMINISTRATOR, request(3))
    for file in kept:
        (directory / file).unlink()
    assert len([line async for line in fetch(client, Fetched(directory))]) == 1
    since = datetime.now(UTC) - timedelta(days=36_000)
    assert len([line async for line in fetch(client, Fetched(directory, since))]) == 3


def test_a_file_appears_whole_and_never_in_place_of_another(tmp_path: Path) -> None:
    assert place(tmp_path, "a.xml", b"1").name == "a.xml"
    assert place(tmp_path, "a.xml", b"1").name == "a.xml"
    assert place(tmp_path, "a.xml", b"2").name == "a-2.xml"
    assert names(tmp_path) == ["a-2.xml", "a.xml"]


def test_wrong_use_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token = tmp_path / "token"
    claims = {"party": "provider:73730002"}
    token.write_text(jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(os.urandom(32))))
    folder = str(tmp_path)
    for arguments, code in (
        (["watch", folder, folder, "--as", "nobody"], 2),
        (["watch", folder, folder, "--as", "council:0268"], 2),
        (["watch", str(tmp_path / "absent"), folder, "--as", "municipality:0268"], 2),
        (["watch", folder, folder, "--as", "provider:73730001", "--token-file", str(token), "--once"], 1),
        (["fetch", folder, "--as", "provider:73730001", "--token-file", str(tmp_path / "no")], 2),
    ):
        assert run(["messages", *arguments]) == code, arguments
        assert capsys.readouterr().err.count("\n") == 1
