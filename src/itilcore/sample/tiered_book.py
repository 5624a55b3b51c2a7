"""The policy book of a tiered desk at three sites, as a text."""

from __future__ import annotations

from typing import Final

__all__ = ["TIERED_BOOK"]

TIERED_BOOK: Final = """\
# The tiered desk of a company at three sites: Porto, Toronto and Singapore.

[calendars.porto]
hours = "Mon-Fri 08:30-18:00"
tz = "Europe/Lisbon"
holidays = ["01-01", "easter-2", "04-25", "05-01", "06-10", "08-15", "12-08", "12-25"]
[calendars.toronto]
hours = "Mon-Fri 09:00-19:00"
tz = "America/Toronto"
holidays = ["01-01", "3rd Mon of Feb", "easter-2", "07-01", "1st Mon of Sep", "12-25", "12-26"]
[calendars.singapore]
hours = "Mon-Fri 08:00-17:00"
tz = "Asia/Singapore"
holidays = ["01-01", "2026-02-17", "2026-02-18", "easter-2", "05-01", "08-09", "12-25"]
# The three one after the other, as they are from November to March.
[calendars.sun]
hours = "Mon-Fri 00:00-24:00"
[calendars.always]
hours = "Mon-Sun 00:00-24:00"
# In Toronto the triage captain leaves early on Fridays: from then on nobody has the desk.
[calendars.toronto-triage]
hours = "Mon-Thu 09:00-19:00; Fri 09:00-15:00"
tz = "America/Toronto"

[priority]
preset = "itil"

[sla.standard]
calendar = "sun"
targets = [
  { kind = "response", within = "30m", calendar = "always", applies = { priority = "P1" } },
  { kind = "response", within = "4h" },
  { kind = "resolution", within = "4h", calendar = "always", applies = { priority = "P1" } },
  { kind = "resolution", within = "8h", applies = { priority = "P2" } },
  { kind = "resolution", within = "24h" },
]

[people]
marta = { name = "Marta", site = "Porto" }
# Tier 1: a desk at each site.
ana = { tier = 1, site = "Porto", manager = "marta", skills = ["accounts"], capacity = 3 }
bruno = { tier = 1, site = "Porto", manager = "ana", capacity = 3 }
carla = { tier = 1, site = "Porto", manager = "ana", skills = ["accounts"], capacity = 2 }
diogo = { tier = 1, site = "Porto", manager = "ana", capacity = 2 }
liam = { tier = 1, site = "Toronto", manager = "marta", skills = ["accounts"], capacity = 3 }
mia = { tier = 1, site = "Toronto", manager = "liam", capacity = 3 }
noah = { tier = 1, site = "Toronto", manager = "liam", capacity = 2 }
wei = { tier = 1, site = "Singapore", manager = "marta", skills = ["accounts"], capacity = 3 }
mei = { tier = 1, site = "Singapore", manager = "wei", capacity = 3 }
jun = { tier = 1, site = "Singapore", manager = "wei", capacity = 2 }
# Tier 2.
filipe = { tier = 2, site = "Porto", manager = "marta", skills = ["printers"], capacity = 3 }
grace = { tier = 2, site = "Toronto", manager = "filipe", skills = ["printers"], capacity = 3 }
hana = { tier = 2, site = "Singapore", manager = "filipe", capacity = 3 }
rui = { tier = 2, site = "Porto", manager = "marta", skills = ["vpn", "wan"], capacity = 3 }
tom = { tier = 2, site = "Toronto", manager = "rui", skills = ["vpn", "wan"], capacity = 3 }
uma = { tier = 2, site = "Singapore", manager = "rui", skills = ["vpn"], capacity = 3 }
paulo = { tier = 2, site = "Porto", manager = "marta", skills = ["erp", "payroll"], capacity = 3 }
quinn = { tier = 2, site = "Toronto", manager = "paulo", skills = ["erp"], capacity = 3 }
ravi = { tier = 2, site = "Singapore", manager = "paulo", skills = ["erp"], capacity = 3 }
# Tier 3.
sara = { tier = 3, site = "Porto", manager = "marta", skills = ["database"], capacity = 4 }
theo = { tier = 3, site = "Toronto", manager = "sara", skills = ["database"], capacity = 4 }
xavier = { tier = 3, site = "Porto", manager = "marta", capacity = 4 }
zoe = { tier = 3, site = "Toronto", manager = "xavier", capacity = 4 }
# Key users, who report for their departments.
ines = { site = "Porto", vip = true }
jorge = { site = "Porto" }
kate = { site = "Toronto" }
leo = { site = "Toronto" }
lin = { site = "Singapore" }
nur = { site = "Singapore" }

[groups."Desk Porto"]
tier = 1
hours = "porto"
members = ["ana", "bruno", "carla", "diogo"]
[groups."Desk Toronto"]
tier = 1
hours = "toronto"
members = ["liam", "mia", "noah"]
[groups."Desk Singapore"]
tier = 1
hours = "singapore"
members = ["wei", "mei", "jun"]
[groups.Workplace]
tier = 2
hours = "sun"
members = ["filipe", "grace", "hana"]
categories = ["Hardware"]
[groups.Network]
tier = 2
hours = "sun"
members = ["rui", "tom", "uma"]
categories = ["Network"]
services = ["WAN", "VPN"]
[groups.Applications]
tier = 2
hours = "sun"
members = ["paulo", "quinn", "ravi"]
categories = ["Applications"]
services = ["ERP", "Payroll"]
[groups.Platform]
tier = 3
members = ["sara", "theo"]
services = ["Database", "Sign-on"]
[groups.Security]
tier = 3
members = ["xavier", "zoe"]
categories = ["Security"]

[services]
WAN = { criticality = "critical", owner = "Network", tolerable_downtime = "1h" }
"Office network" = { criticality = "high", owner = "Network", depends_on = ["WAN"] }
VPN = { criticality = "high", owner = "Network", depends_on = ["WAN", "Sign-on"] }
Database = { criticality = "critical", owner = "Platform", tolerable_downtime = "1h" }
Sign-on = { criticality = "critical", owner = "Platform", depends_on = ["Database"] }
ERP = { criticality = "critical", owner = "Applications", depends_on = ["Database", "Sign-on"] }
Payroll = { criticality = "high", owner = "Applications", hours = "porto", depends_on = ["ERP"] }
Reporting = { criticality = "medium", owner = "Applications", depends_on = ["ERP"] }
Mail = { criticality = "high", owner = "Applications", depends_on = ["Sign-on"] }
"File storage" = { criticality = "medium", owner = "Platform", degradation_counts = true }
Printing = { criticality = "low", owner = "Workplace", depends_on = ["Office network"] }
Laptop = { criticality = "medium", owner = "Workplace", depends_on = ["Sign-on"] }

[[routing]]
name = "danger"
group = "Security"
words = ["phishing", "ransomware", "stolen"]
tier = 3
[[routing]]
name = "security"
group = "Security"
category = "Security"
tier = 3
[[routing]]
name = "alerts"
group = "Platform"
customer = "monitoring"
tier = 3
[[routing]]
name = "sign-on down"
group = "Platform"
service = "Sign-on"
priority = "P1"
tier = 3
[[routing]]
name = "erp down"
group = "Applications"
service = "ERP"
priority = ["P1", "P2"]
skills = "erp"
tier = 2
[[routing]]
name = "database"
group = "Platform"
service = "Database"
skills = "database"
tier = 3
[[routing]]
name = "wan"
group = "Network"
service = "WAN"
skills = "wan"
tier = 2
[[routing]]
name = "vpn for many"
group = "Network"
category = "Network > VPN"
impact = ["HIGH", "MEDIUM"]
skills = "vpn"
tier = 2
[[routing]]
name = "payroll"
group = "Applications"
service = "Payroll"
skills = "payroll"
tier = 2
[[routing]]
name = "reports"
group = "Applications"
category = "Applications > Report"
tier = 2
[[routing]]
name = "printers of Toronto"
group = "Workplace"
service = "Printing"
site = "Toronto"
skills = "printers"
tier = 2
[[routing]]
name = "desk of Porto"
group = "Desk Porto"
site = "Porto"
tier = 1
[[routing]]
name = "desk of Toronto"
group = "Desk Toronto"
site = "Toronto"
tier = 1
[[routing]]
name = "accounts of Singapore"
group = "Desk Singapore"
category = "Access"
site = "Singapore"
skills = "accounts"
tier = 1
[[routing]]
name = "desk of Singapore"
group = "Desk Singapore"
site = "Singapore"
tier = 1

[[hand_offs]]
requires = ["summary", "steps", "next_step"]
[[hand_offs]]
category = "Network"
requires = ["exhausted", "device.os", "environment"]
scripts = ["restart the client", "reach the gateway", "try another line"]
[[hand_offs]]
category = "Applications"
requires = ["evidence", "user.login"]
[[hand_offs]]
category = ["Hardware", "Security"]
requires = ["device.model"]

[rotas."Triage Porto"]
people = ["ana", "bruno"]
first = 2026-03-02
tz = "Europe/Lisbon"
turn_days = 1
handover = 08:30:00
cover = "porto"
[rotas."Triage Toronto"]
people = ["liam", "mia"]
first = 2026-03-02
tz = "America/Toronto"
turn_days = 1
handover = 09:00:00
cover = "toronto-triage"
[rotas."Triage Singapore"]
people = ["wei", "mei"]
first = 2026-03-02
tz = "Asia/Singapore"
turn_days = 1
handover = 08:00:00
cover = "singapore"
swaps = [{ first = 2026-03-03, second = 2026-03-04 }]
[rotas."On call Network"]
people = ["rui", "tom", "uma"]
first = 2026-02-23
tz = "Europe/Lisbon"
handover = 10:00:00
[rotas."On call Platform"]
people = ["sara", "theo"]
first = 2026-02-23
tz = "Europe/Lisbon"
handover = 10:00:00
overrides = [
  { person = "tom", start = 2026-03-04T08:00:00Z, end = 2026-03-04T12:00:00Z, reason = "a course" },
]
"""
"""Calendars, priority, promises, people, groups, services, routing, hand-offs and rotas of
30 people in 8 groups at 3 sites.  Nobody has the triage on Friday evening in Toronto, and one
person is on call twice on Wednesday morning: both on purpose."""
