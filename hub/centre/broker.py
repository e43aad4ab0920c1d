"""The broker's configuration: mutual TLS, and who may say and hear what. For Mosquitto 2; EMQX knows the same rules."""

import os
import pwd
from pathlib import Path

from hub.centre.authority import Authority

CENTRE = "centre-worker"
"""The name in the workers' certificate."""

ACCESS = f"""# A hub is who its certificate says; it reaches its own topics and no others.
pattern write alongside/1/%u/up/+
pattern write alongside/1/%u/beat
pattern write alongside/1/%u/gone
pattern read alongside/1/%u/down/+

user {CENTRE}
topic read alongside/1/+/up/+
topic read alongside/1/+/beat
topic read alongside/1/+/gone
topic write alongside/1/+/down/+
"""
_CONFIGURATION = """user {user}
per_listener_settings false
listener {port} {address}
allow_anonymous false
require_certificate true
use_identity_as_username true
cafile {authority}
crlfile {revoked}
certfile {server}/server.pem
keyfile {server}/server.key
tls_version tlsv1.2
acl_file {folder}/access
persistence true
persistence_location {folder}/
autosave_on_changes true
autosave_interval 1
max_queued_messages 100000
max_inflight_messages 1000
max_packet_size 8388608
log_dest file {folder}/mosquitto.log
log_type error
log_type warning
log_type notice
"""


def write(folder: Path, authority: Authority, server: Path, port: int, address: str = "127.0.0.1") -> Path:
    """Write the broker's files into a folder; the file to start it with. A revoked hub is out after a SIGHUP."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "access").write_text(ACCESS)
    (folder / "access").chmod(0o600)
    file = folder / "mosquitto.conf"
    user = pwd.getpwuid(os.geteuid()).pw_name  # whoever set the centre up, and may read its key
    places = {
        "user": user,
        "authority": authority.file,
        "revoked": authority.list_file,
        "server": server,
        "folder": folder,
    }
    file.write_text(_CONFIGURATION.format(port=port, address=address, **places))
    return file
