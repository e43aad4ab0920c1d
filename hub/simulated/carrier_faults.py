"""What can go wrong at the simulated carrier, as a table."""

from dataclasses import dataclass
from enum import StrEnum

from hub.simulated.carrier_messages import Fate


class Fault(StrEnum):
    """Something that goes wrong with one text."""

    HANGS_AFTER_TAKING = "hangs_after_taking"
    ERROR_AFTER_TAKING = "error_after_taking"
    ERROR = "error"
    TOO_MANY = "too_many"
    BAD_NUMBER = "bad_number"
    NOT_AUTHORISED = "not_authorised"
    MALFORMED = "malformed"
    UNDELIVERED = "undelivered"
    REPORTS_LOST = "reports_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """How one fault shows: whether the text is taken all the same, and what is answered."""

    takes: bool
    status: int = 0
    code: int = 0
    hangs: bool = False
    garbles: bool = False
    fate: Fate = Fate.DELIVERED


FAULTS = {
    Fault.HANGS_AFTER_TAKING: Ordered(takes=True, hangs=True),
    Fault.ERROR_AFTER_TAKING: Ordered(takes=True, status=500, code=20500),
    Fault.ERROR: Ordered(takes=False, status=503, code=20503),
    Fault.TOO_MANY: Ordered(takes=False, status=429, code=20429),
    Fault.BAD_NUMBER: Ordered(takes=False, status=400, code=21211),
    Fault.NOT_AUTHORISED: Ordered(takes=False, status=401, code=20003),
    Fault.MALFORMED: Ordered(takes=True, garbles=True),
    Fault.UNDELIVERED: Ordered(takes=True, fate=Fate.UNDELIVERED),
    Fault.REPORTS_LOST: Ordered(takes=True, fate=Fate.SILENT),
}
