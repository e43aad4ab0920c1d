"""Figures as an evaluation's page writes them."""

from analytics.evaluation.figures import Figure

NOT_KNOWN = "not known"


def percent(figure: Figure) -> str:
    """A share with its interval."""
    if figure.value is None or figure.low is None or figure.high is None:
        return NOT_KNOWN
    return f"{100 * figure.value:.1f} % ({100 * figure.low:.1f} to {100 * figure.high:.1f})"


def plain(figure: Figure) -> str:
    """A figure with its interval."""
    return NOT_KNOWN if figure.value is None else f"{figure.value} ({figure.low} to {figure.high})"
