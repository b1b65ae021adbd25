"""What services can be told, from the tables of docs/configuration.md, which a test keeps true."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workloads import ROOT

# What `freshet` and the programs it starts read beside settings.
TOOL = {"COLLECTOR_URL", "SERVER_URL", "FRESHET_API_KEY", "HOME"}
# The names that SettingsReader masks.
SECRET = re.compile(r"^(REDIS_URL|API_KEYS|.*(PASSWORD|SECRET|TOKEN|_PEM|SASL_OAUTHBEARER_CONFIG|SASL_USERNAME).*)$")


@dataclass(frozen=True)
class Setting:
    """One line of a table."""

    environment: str
    default: str


def of_services() -> dict[str, dict[str, Setting]]:
    """The settings of each service by the name of the environment variable."""
    text = (ROOT / "docs" / "configuration.md").read_text()
    found = {}
    for name, table in re.findall(r"<!-- settings of (\S+) -->\n(.*?)<!-- end -->", text, re.DOTALL):
        rows = re.findall(r"^\| `[^`]+` \| `([A-Z_*]+)` \| [^|]+ \| (?:`([^`]*)`)? *\|", table, re.MULTILINE)
        found[name] = {environment: Setting(environment, default) for environment, default in rows}
    return found


def knows(settings: dict[str, Setting], name: str) -> bool:
    """Whether a service reads a variable, the open family of librdkafka's properties included."""
    return name in settings or any(key.endswith("*") and name.startswith(key[:-1]) for key in settings)
