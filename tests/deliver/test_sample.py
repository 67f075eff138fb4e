from datetime import UTC, timedelta

from monitor.deliver.body import write_body
from monitor.deliver.sample import write_sample
from monitor.deliver.wording import Wording
from tests.deliver.stories import FETCHED


def test_a_sample_looks_like_an_alert_and_says_that_it_is_none() -> None:
    letter = Wording(UTC).write_letter(write_sample("desk", FETCHED))
    assert letter.subject == "[test] A sample alert: this channel works"
    assert "This is a *sample*, sent by hand" in letter.text
    assert b'"channel":"desk"' in write_body(write_sample("desk", FETCHED))


def test_a_receiver_that_drops_known_ids_gets_every_sample() -> None:
    first = write_sample("desk", FETCHED).alert.id
    assert first != write_sample("desk", FETCHED + timedelta(seconds=1)).alert.id
    assert first != write_sample("ops", FETCHED).alert.id
