import pytest

from hub.channels.gsm.errors import CME, CMS, UNKNOWN, Blame, Meaning, channel_error, meaning


@pytest.mark.parametrize(
    ("result", "blame", "words"),
    [
        ("+CMS ERROR: 1", Blame.NUMBER, "the number does not exist"),
        ("+CMS ERROR: 38", Blame.PASSING, "the network is out of order"),
        ("+CMS ERROR: 310", Blame.MODEM, "there is no SIM card in it"),
        ("+CMS ERROR: 331", Blame.MODEM, "it has no network"),
        ("+CMS ERROR: 332", Blame.DOUBT, "the network did not answer in time"),
        ("+CME ERROR: 10", Blame.MODEM, "there is no SIM card in it"),
        ("+CME ERROR: 31", Blame.DOUBT, "the network did not answer in time"),
        ("+CMS ERROR: 512", Blame.PASSING, "the modem does not say why"),
        ("+CMS ERROR: SIM busy", Blame.PASSING, "the modem does not say why"),
        ("ERROR", Blame.PASSING, "the modem does not say why"),
        ("NO CARRIER", Blame.PASSING, "the modem does not say why"),
    ],
)
def test_an_error_means_something(result: str, blame: Blame, words: str) -> None:
    found = meaning(result)
    assert (found.blame, found.words) == (blame, words)


@pytest.mark.parametrize("found", [*CMS.values(), *CME.values(), UNKNOWN])
def test_only_a_bad_number_is_permanent_and_only_doubt_is_ambiguous(found: Meaning) -> None:
    error = channel_error(found)
    assert (error.permanent, error.ambiguous) == (found.blame is Blame.NUMBER, found.blame is Blame.DOUBT)
    assert not error.opted_out
    assert str(error) == f"not sent by the mobile modem: {found.words}"
