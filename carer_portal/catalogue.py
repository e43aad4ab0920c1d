"""The translations of every sentence that the portal says; English where there is none."""

import gettext
from pathlib import Path

LOCALE = Path(__file__).with_name("locale")

_translations = gettext.translation("carer_portal", LOCALE, fallback=True)
_ = _translations.gettext
ngettext = _translations.ngettext
