"""The policy book of a desk on the day on which payroll fails, as a text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

__all__ = ["SEV1_BOOK", "SEV1_START"]

SEV1_START: Final = datetime(2026, 3, 27, 6, tzinfo=UTC)
"""A Friday: salaries are due at the bank by two in the afternoon."""

SEV1_BOOK: Final = """\
# The desk of a company that pays its people on the last Friday of the month.

[calendars.always]
hours = "Mon-Sun 00:00-24:00"
[calendars.night]
hours = "Mon-Sun 22:00-06:00"

[priority]
preset = "itil"

[sla.standard]
calendar = "always"
targets = [
  { kind = "response", within = "30m", applies = { priority = "P1" } },
  { kind = "response", within = "4h" },
  { kind = "resolution", within = "4h", applies = { priority = "P1" } },
  { kind = "resolution", within = "8h", applies = { priority = "P2" } },
  { kind = "resolution", within = "24h" },
]

[people]
rosa = { name = "Rosa, who answers for all of it" }
marta = { name = "Marta, duty manager", manager = "rosa" }
cleo = { name = "Cleo, communications", manager = "rosa" }
diogo = { tier = 1, manager = "marta" }
paulo = { tier = 2, manager = "marta", skills = ["payroll"] }
quinn = { tier = 2, manager = "marta", skills = ["payroll"] }
sara = { tier = 3, manager = "rosa", skills = ["database"] }

[groups."Service desk"]
tier = 1
members = ["diogo"]
[groups.Payroll]
tier = 2
members = ["paulo", "quinn"]
services = ["payroll"]
[groups.Database]
tier = 3
members = ["sara"]
[groups."Duty managers"]
members = ["marta", "rosa"]

[services]
payroll = { criticality = "critical", owner = "Payroll", tolerable_downtime = "1h" }
"staff portal" = { criticality = "low", owner = "Payroll", depends_on = ["payroll"] }

[vendors.Ledgerly]
services = ["payroll"]
status_page = "https://status.ledgerly.example"
answer_within = "1h"
deliver_within = "4h"

[rotas."On call Payroll"]
people = ["paulo", "quinn"]
first = 2026-03-23
handover = 08:00:00

[[severity.definitions]]
severity = "SEV1"
meaning = "The business stops, or breaks the law, within hours."
examples = ["payroll down during its processing window"]
when = { critical_service = true, service_down = true, in_critical_window = true }
tolerable_downtime = "1h"
[[severity.definitions]]
severity = "SEV2"
meaning = "A critical service is down, and its business can wait for a day."
examples = ["payroll down in the middle of the month"]
when = { critical_service = true, service_down = true }
tolerable_downtime = "8h"

[[declarations]]
severity = "SEV1"
who = { groups = ["Duty managers"] }
evidence = ["service", "business_impact"]
may_override = { people = ["rosa"] }

[[escalation]]
name = "nobody took it"
trigger = "no acknowledgement"
after = "10m"
kind = "functional"
to = "rota On call Payroll"
repeat_every = "10m"
most = 2
stops = ["acknowledged"]
[[escalation]]
name = "still nobody took it"
trigger = "no acknowledgement"
after = "25m"
kind = "hierarchic"
to = "person marta"
stops = ["acknowledged"]
[[escalation]]
name = "half of the time is gone"
trigger = "percent of target"
percent = 50
clocks = "resolution"
kind = "functional"
to = "group Database"
applies = { priority = "P1" }
[[escalation]]
name = "the vendor says nothing"
trigger = "vendor silent"
after = "45m"
kind = "hierarchic"
to = "manager"
quiet = "night"
applies = { group = "Payroll" }
[[escalation]]
name = "it is late"
trigger = "breach"
clocks = "resolution"
kind = "hierarchic"
to = "person rosa"
repeat_every = "2h"
most = 3

[cadence]
severities = [
  { severity = "SEV1", soonest = "15m", latest = "30m" },
  { severity = "SEV2", soonest = "30m", latest = "1h" },
]
audiences = [
  { name = "staff", told = ["impacted", "progress", "workaround", "next_update_at", "follow"] },
  { name = "executives", told = ["impacted", "affected", "progress", "next_update_at"] },
]

[major]
promote = { groups = ["Duty managers"] }
candidates = [{ name = "the highest severity", severity = "SEV1" }]

[closing]
after = "24h"
calendar = "always"

[[notifications]]
name = "assigned"
when = "assigned"
audience = "group"
subject = "$reference ($priority) is yours: $title"
[[notifications]]
name = "resolved"
when = "resolved"
audience = "payroll office"
subject = "$reference is resolved: $title"
"""
"""Who may say that payroll is down in its processing window, who hears of it when, and who then
steers, speaks and writes.  Two people share the duty, and one vendor makes the software."""
