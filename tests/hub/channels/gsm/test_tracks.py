import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.channels.gsm.received import Report
from hub.channels.gsm.tracks import REMEMBERED, Track, Tracks
from hub.model import Evidence, Message, NotificationState
from tests.hub.channels.gsm.rig import PRIYA, TOM, text


def begun(tracks: Tracks, message: Message, *numbers: int, parts: int = 1) -> Track:
    track = tracks.begin(message, parts)
    for number in numbers:
        tracks.accepted(track, number)
    return track


def reported(tracks: Tracks, number: int, status: int = 0, to: str = PRIYA) -> None:
    tracks.reported(Report(number=number, to=to, status=status))


def state(tracks: Tracks, message: Message) -> tuple[NotificationState, bool]:
    evidence = tracks.find(message)
    assert evidence is not None
    return evidence.state, evidence.negative


def test_accepted_is_not_delivered() -> None:
    tracks, message = Tracks(), text()
    track = begun(tracks, message, 7)
    evidence = Evidence(state=NotificationState.ACCEPTED, provider_id=f"gsm-{message.reference}-7")
    assert tracks.find(message) == evidence == tracks.status(track.provider_id)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (0x00, (NotificationState.DELIVERED, False)),
        (0x01, (NotificationState.ACCEPTED, False)),  # passed on, and the network cannot say more
        (0x20, (NotificationState.ACCEPTED, False)),
        (0x3F, (NotificationState.ACCEPTED, False)),
        (0x40, (NotificationState.ACCEPTED, True)),
        (0x46, (NotificationState.ACCEPTED, True)),  # it ran out of time
        (0x63, (NotificationState.ACCEPTED, True)),
    ],
)
def test_what_the_network_reports(status: int, expected: tuple[NotificationState, bool]) -> None:
    tracks, message = Tracks(), text()
    begun(tracks, message, 7)
    reported(tracks, 7, status)
    assert state(tracks, message) == expected


def test_a_text_in_parts_is_accepted_and_delivered_with_the_last_of_them() -> None:
    tracks, message = Tracks(), text()
    track = begun(tracks, message, 7, parts=2)
    assert tracks.find(message) is None
    tracks.accepted(track, 8)
    reported(tracks, 8)
    assert state(tracks, message)[0] is NotificationState.ACCEPTED
    reported(tracks, 7)
    assert state(tracks, message)[0] is NotificationState.DELIVERED


@given(order=st.permutations([(7, 0), (8, 0x46), (7, 0)]))
def test_one_part_that_failed_speaks_against_the_whole_in_any_order(order: list[tuple[int, int]]) -> None:
    tracks, message = Tracks(), text()
    begun(tracks, message, 7, 8, parts=2)
    for number, status in order:
        reported(tracks, number, status)
    assert state(tracks, message) == (NotificationState.ACCEPTED, True)


def test_a_report_is_of_the_newest_text_with_its_number_to_that_telephone() -> None:
    tracks, old, other, new = Tracks(), text(), text(to=TOM), text()
    for message in (old, other, new):
        begun(tracks, message, 7)
    reported(tracks, 7)
    assert state(tracks, new)[0] is NotificationState.DELIVERED
    assert state(tracks, old)[0] is state(tracks, other)[0] is NotificationState.ACCEPTED
    reported(tracks, 7, to="07700900002")  # the national form
    assert state(tracks, other)[0] is NotificationState.DELIVERED
    reported(tracks, 99)
    reported(tracks, 7, to="")


def test_a_report_may_come_before_the_number_that_it_is_about() -> None:
    tracks, message, other = Tracks(), text(), text(to=TOM)
    reported(tracks, 7)
    begun(tracks, other, 7)
    begun(tracks, message, 7)
    assert state(tracks, message)[0] is NotificationState.DELIVERED
    assert state(tracks, other)[0] is NotificationState.ACCEPTED


def test_a_late_answer_settles_the_newest_doubt() -> None:
    tracks, message = Tracks(), text()
    tracks.begin(message, 1).in_doubt = True
    assert tracks.find(message) is None
    tracks.late(12)
    tracks.late(13)  # nobody's
    assert tracks.find(message) == Evidence(state=NotificationState.ACCEPTED, provider_id=f"gsm-{message.reference}-12")


def test_a_text_that_is_sent_again_begins_anew() -> None:
    tracks, message = Tracks(), text()
    begun(tracks, message, 7)
    begun(tracks, message)
    assert tracks.find(message) is None


def test_what_is_unknown_is_said() -> None:
    assert Tracks().find(text()) is None
    for unknown in ("ntfy-m1", "gsm-R-", "gsm-R-x"):
        assert Tracks().status(unknown) is None


def test_a_report_about_a_text_from_before_a_restart_is_matched_by_its_number() -> None:
    before, message = Tracks(), text()
    track = begun(before, message, 7, 8, parts=2)
    after = Tracks()
    assert after.status(track.provider_id) == before.status(track.provider_id)
    for number in (8, 7):
        reported(after, number)
    evidence = after.status(track.provider_id)
    assert evidence is not None
    assert evidence.state is NotificationState.DELIVERED
    assert evidence.provider_id == track.provider_id


def test_a_report_that_comes_before_the_hub_has_asked_after_its_text_is_kept_for_it() -> None:
    tracks = Tracks()
    reported(tracks, 7)
    evidence = tracks.status("gsm-K3F9Q-7")
    assert evidence is not None
    assert evidence.state is NotificationState.DELIVERED


def test_a_text_of_this_run_comes_before_one_of_an_earlier_with_the_same_number() -> None:
    tracks, message = Tracks(), text()
    begun(tracks, message, 7)
    tracks.status("gsm-OLDER-7")
    reported(tracks, 7)
    assert state(tracks, message)[0] is NotificationState.DELIVERED
    older = tracks.status("gsm-OLDER-7")
    assert older is not None
    assert older.state is NotificationState.ACCEPTED


def test_only_the_texts_of_late_are_remembered() -> None:
    tracks, first = Tracks(), text()
    begun(tracks, first, 1)
    for _ in range(REMEMBERED):
        begun(tracks, text(), 2)
    assert tracks.find(first) is None
