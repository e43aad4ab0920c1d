"""What providers' reports add up to: the same in whatever order, and however often, they come. Pure."""

from hub.model import Evidence, NotificationState

_RANK = {
    NotificationState.ACCEPTED: 1,
    NotificationState.SENT: 2,
    NotificationState.DELIVERED: 3,
    NotificationState.READ: 4,
}
SPOKEN_FOR = frozenset({*_RANK, NotificationState.CALLING, NotificationState.UNKNOWN})
"""States in which a person may have got the message."""


def join(state: NotificationState, evidence: Evidence, *, negative: bool) -> tuple[NotificationState, bool]:
    """The state and the negative flag after one more report.

    The highest positive rank wins and a negative report sticks; a message that was spoken against counts as failed
    unless it was delivered after all. Once somebody has read it, nothing speaks against it any more: a call in which a
    key was pressed ends like one in which none was.
    """
    best = max(state, evidence.state, key=lambda one: _RANK.get(one, 0))
    against = (negative or evidence.negative) and best is not NotificationState.READ
    if against and _RANK.get(best, 0) < _RANK[NotificationState.DELIVERED]:
        return NotificationState.FAILED, True
    return best, against
