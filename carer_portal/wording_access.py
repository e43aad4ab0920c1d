"""Every sentence about coming in: signing in, invitations, the account."""

from typing import Final

from carer_portal.catalogue import _

SIGN_IN: Final = _("Sign in")
SIGN_IN_HELP: Final = _("Your name is the one that the person who invited you told you.")
NAME: Final = _("Name")
PASSWORD: Final = _("Password")
CODE: Final = _("Six digits from your authenticator app")
WRONG: Final = _("This name and password do not belong together.")
WRONG_CODE: Final = _("This code does not count, or no longer. Please take the next one.")
NEEDS_CODE: Final = _("Please add the code that your authenticator app shows now.")
LOCKED: Final = _(
    "That was wrong too often. Please wait for {length}, then try again. An alarm still reaches you by text."
)
NO_LONGER: Final = _("You no longer belong to this household here.")
NO_INVITATION: Final = _(
    "Not invited yet, or the link is old? Ask whoever looks after this system for a new invitation."
)

WELCOME: Final = _("Welcome, {name}")
JOIN_HELP: Final = _("Please choose a password. You sign in with it and with the name “{key}”.")
JOIN_TABLET: Final = _("This device stays signed in as {name}. Nobody is asked for a password on it.")
JOIN_TABLET_DO: Final = _("Use this device")
PASSWORD_NEW: Final = _("New password, ten characters or more")
PASSWORD_AGAIN: Final = _("The same again")
JOIN: Final = _("Join")
OLD_LINK: Final = _("This link is no longer valid")
OLD_LINK_HELP: Final = _("It has been used, or it is too old. Ask for a new one, or sign in.")
PASSWORDS_DIFFER: Final = _("The two passwords are not the same.")
PASSWORD_SHORT: Final = _("Please choose at least {n} characters; a few words that you can remember are good.")
PASSWORD_EASY: Final = _("That would be easy to guess. A few words that do not belong together are good.")

ACCOUNT: Final = _("My account")
SIGNED_IN_AS: Final = _("You are signed in as {name} ({role}).")
WHERE: Final = _("Where you are signed in")
SINCE: Final = _("{device}, since {when}")
THIS_ONE: Final = _("this one")
SIGN_OUT: Final = _("Sign out")
SIGN_OUT_EVERYWHERE: Final = _("Sign out everywhere")
SIGNED_OUT: Final = _("You are signed out.")
CHANGE_PASSWORD: Final = _("Change the password")
PASSWORD_NOW: Final = _("The password now")
CHANGE: Final = _("Change")
CHANGED: Final = _("The password is changed. Every other device is signed out.")
SECOND_FACTOR: Final = _("A second factor")
SECOND_FACTOR_OFF: Final = _("With an authenticator app a stolen password alone is of no use.")
SECOND_FACTOR_ON: Final = _("You are asked for a code from your authenticator app when you sign in.")
SECOND_FACTOR_START: Final = _("Set it up")
SECOND_FACTOR_STOP: Final = _("Stop it")
SECOND_FACTOR_SECRET: Final = _("Put this into your authenticator app, then type the code that it shows:")
SECOND_FACTOR_OPEN: Final = _("Open it in an authenticator app on this device")
CONFIRM: Final = _("Confirm")
BACK: Final = _("Back to the page")
CROSS_SITE: Final = _("This came from another page than ours, so nothing was done. Please open the page anew.")
NOT_HERE: Final = _("There is nothing here for you.")
TOO_LARGE: Final = _("That was too long.")
SOME_BROWSER: Final = _("a browser")
BROWSER_ON: Final = _("{browser} on {system}")
ONLY_RESIDENT: Final = _("This page belongs to the person who lives here.")
