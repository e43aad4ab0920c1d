import pytest

from hub.channels.gsm.health import ADVICE, Ailment, State, Vital, state

READY = ["+CPIN: READY"]
HOME = ["+CREG: 0,1"]
GOOD = ["+CSQ: 20,99"]


@pytest.mark.parametrize(
    ("vital", "ailment"),
    [
        (Vital(sim=READY, registrations=HOME, signal=GOOD), None),
        (Vital(sim=READY, registrations=["+CREG: 0,5"], signal=GOOD), None),
        (Vital(sim=READY, registrations=["+CREG: 0,2", "+CEREG: 0,1"], signal=GOOD), None),
        (Vital(sim=READY, registrations=['+CREG: 2,1,"1A2B","00FF"'], signal=GOOD), None),
        (Vital(sim=READY, registrations=HOME, signal=["+CSQ: 0,99"]), None),  # let it try
        (Vital(registrations=HOME, signal=GOOD), None),  # an old one that does not know +CPIN
        (Vital(sim=READY), None),
        (Vital(sim_refusal="+CME ERROR: 10"), Ailment.NO_SIM),
        (Vital(sim=["+CPIN: NOT INSERTED"]), Ailment.NO_SIM),
        (Vital(sim=["+CPIN: SIM PIN"]), Ailment.LOCKED),
        (Vital(sim=["+CPIN: PH-NET PIN"]), Ailment.LOCKED),
        (Vital(sim_refusal="+CME ERROR: 11"), Ailment.LOCKED),
        (Vital(sim_refusal="+CME ERROR: 13"), Ailment.BROKEN_SIM),
        (Vital(sim_refusal="ERROR"), Ailment.BROKEN_SIM),
        (Vital(sim=READY, registrations=["+CREG: 0,3", "+CEREG: 0,0"], signal=GOOD), Ailment.REFUSED),
        (Vital(sim=READY, registrations=["+CREG: 0,2"], signal=GOOD), Ailment.NO_NETWORK),
        (Vital(sim=READY, registrations=["+CREG: 0,0"]), Ailment.NO_NETWORK),
        (Vital(sim=READY, registrations=["+CREG: 0,2"], signal=["+CSQ: 99,99"]), Ailment.NO_SIGNAL),
        (Vital(sim=READY, registrations=["+CREG: 0,2"], signal=["+CSQ: 1,99"]), Ailment.NO_SIGNAL),
    ],
)
def test_what_ails_a_modem(vital: Vital, ailment: Ailment | None) -> None:
    assert state(vital).ailment is ailment


def test_a_modem_that_is_well_says_how_good_its_signal_is() -> None:
    assert state(Vital(sim=READY, registrations=HOME, signal=GOOD)) == State(ailment=None, words="its signal is good")
    assert state(Vital(sim=READY, registrations=HOME)) == State(ailment=None, words="")


@pytest.mark.parametrize("ailment", Ailment)
def test_every_ailment_has_plain_words(ailment: Ailment) -> None:
    assert "modem" not in ADVICE[ailment]  # it is told of as "the mobile modem: ..."
    assert ADVICE[ailment].startswith(("it ", "its ", "there ", "the network "))
    assert not ADVICE[ailment].endswith(".")
