"""Which broker is chosen, and what is said when the wanted one cannot run."""

import stat

import pytest

from deploy.local.engines.broker import choose, parse_java_version
from deploy.local.engines.kafka import Kafka, cache_directory
from deploy.local.engines.tansu import Tansu
from deploy.local.errors import LocalError
from deploy.local.state import State


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with nothing on its path but what a test installs."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("BROKER", raising=False)
    (tmp_path / "bin").mkdir()

    def install(name, says=""):
        file = tmp_path / "bin" / name
        file.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    return install


@pytest.fixture
def told():
    return []


@pytest.fixture
def pick(tmp_path, told):
    return lambda wanted=None: choose(State(tmp_path), lambda name, message: told.append(message), wanted)


JAVA_17 = 'openjdk version "17.0.15" 2025-04-15'


def test_kafka_where_java_and_maven_are_there(machine, pick):
    machine("java", JAVA_17)
    machine("mvn")
    assert isinstance(pick(), Kafka)
    assert pick().fallback_allowed
    assert not pick("kafka").fallback_allowed


def test_kafka_without_maven_when_the_jars_were_fetched_before(machine, pick):
    machine("java", JAVA_17)
    cache_directory().mkdir(parents=True)
    (cache_directory() / "kafka_2.13-4.1.0.jar").touch()
    assert isinstance(pick(), Kafka)


@pytest.mark.parametrize(
    ("java", "lacking"),
    [
        (None, "Java 17 or newer is not installed"),
        ('openjdk version "11.0.2"', "Java is version 11"),
        (JAVA_17, "Maven (mvn) is not installed"),
    ],
)
def test_tansu_elsewhere_and_it_is_said(machine, pick, told, java, lacking):
    if java:
        machine("java", java)
    assert isinstance(pick(), Tansu)
    assert told == [f"{lacking}: using Tansu, which speaks Kafka's protocol and keeps events in memory"]


def test_kafka_that_was_asked_for_but_cannot_run_is_an_error_that_says_what_to_do(machine, pick):
    with pytest.raises(LocalError, match=r"BROKER=kafka needs Java 17 and Maven, but Java.*Install them.*BROKER=tansu"):
        pick("kafka")


def test_the_variable_decides(machine, pick, monkeypatch):
    machine("java", JAVA_17)
    machine("mvn")
    monkeypatch.setenv("BROKER", "tansu")
    assert isinstance(pick(), Tansu)
    monkeypatch.setenv("BROKER", "rabbit")
    with pytest.raises(LocalError, match="BROKER=rabbit is not a broker; choose auto, kafka, tansu") as error:
        pick()
    assert error.value.wrong_use


@pytest.mark.parametrize(
    ("said", "version"),
    [(JAVA_17, 17), ('java version "1.8.0_292"', 8), ('openjdk version "21" 2023-09-19', 21), ("no java", None)],
)
def test_the_version_of_java_is_read(said, version):
    assert parse_java_version(said) == version
