"""Every Streamlit page, in the order of the menu, and which roles may open it. A room adds its pages here.

What a page shows of the resident is decided by consent, in the queries; the roles here only keep the menu short.
"""

from typing import Final

from carer_portal import co_design_pages_wording, wording, wording_alarm, wording_days, wording_plan
from carer_portal.co_design_pages import draw_came, draw_workbench
from carer_portal.page_alarms import draw as draw_alarms
from carer_portal.page_days import draw as draw_days
from carer_portal.page_health import draw as draw_health
from carer_portal.page_home import draw as draw_home
from carer_portal.page_plan import draw as draw_plan
from carer_portal.page_today import draw as draw_today
from carer_portal.visit import Page
from hub.model import Role

CARERS: Final = frozenset({Role.RESIDENT, Role.FAMILY, Role.CLINICIAN})
HELPERS: Final = CARERS | {Role.NEIGHBOUR}
EVERYBODY: Final = frozenset(Role)

PAGES: Final = (
    Page(path="today", title=wording.PAGE_TODAY, roles=EVERYBODY, draw=draw_today),
    Page(path="alarms", title=wording_alarm.PAGE, roles=EVERYBODY, draw=draw_alarms),
    Page(path="days", title=wording_days.PAGE, roles=CARERS, draw=draw_days),
    Page(path="health", title=wording_days.HEALTH, roles=CARERS, draw=draw_health),
    Page(path="plan", title=wording_plan.PEOPLE, roles=HELPERS, draw=draw_plan),
    Page(path="home", title=wording_plan.HOME, roles=CARERS | {Role.OPERATOR}, draw=draw_home),
    Page(path="said", title=co_design_pages_wording.CAME, roles=EVERYBODY, draw=draw_came),
    Page(
        path="co-design",
        title=co_design_pages_wording.WORKBENCH,
        roles=frozenset({Role.FACILITATOR}),
        draw=draw_workbench,
    ),
)


def of(role: Role) -> tuple[Page, ...]:
    """The pages that a role may open; the first is where it comes in."""
    return tuple(page for page in PAGES if role in page.roles)
