from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver.retry import EMAIL_WAITS, WEBHOOK_WAITS, spread, wait_after
from monitor.model import name_id

DAY = timedelta(days=1)


def test_a_mail_is_tried_again_after_five_minutes_then_at_least_thirty_for_five_days() -> None:
    assert EMAIL_WAITS[0] == timedelta(minutes=5)
    assert min(EMAIL_WAITS[1:]) == timedelta(minutes=30)
    assert 5 * DAY <= sum(EMAIL_WAITS, timedelta()) < 5 * DAY + timedelta(hours=4)


def test_a_webhook_follows_the_schedule_of_the_standard_and_then_gives_up() -> None:
    hours = timedelta(hours=1)
    assert wait_after(WEBHOOK_WAITS, 1) == timedelta(seconds=5)
    assert [wait_after(WEBHOOK_WAITS, n) for n in (4, 5, 6, 7, 8, 9)] == [
        n * hours for n in (2, 5, 10, 14, 20, 24)
    ]
    assert wait_after(WEBHOOK_WAITS, 10) is None


@given(
    st.text(), st.integers(min_value=1, max_value=50), st.timedeltas(min_value=timedelta(0), max_value=DAY)
)
def test_a_wait_is_spread_by_at_most_a_tenth_and_never_shortened(
    name: str, attempts: int, wait: timedelta
) -> None:
    alert_id = name_id(name)
    assert wait <= spread(wait, alert_id, attempts) <= wait * 1.1
    assert spread(wait, alert_id, attempts) == spread(wait, alert_id, attempts)


def test_alerts_that_failed_together_come_back_apart() -> None:
    returns = {spread(timedelta(hours=1), name_id("alert", str(n)), 1) for n in range(100)}
    assert len(returns) > 90


def test_without_an_alert_nothing_is_spread() -> None:
    assert spread(DAY, "", 3) == DAY
