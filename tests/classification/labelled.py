"""Titles of tickets as people write them, each with the kind that it is: written by hand."""

from __future__ import annotations

from itilcore.classification.kind import TicketKind

TITLES = {
    TicketKind.INCIDENT: """\
My account is locked after three wrong passwords
I am locked out of SAP
Outlook crashes when I open an attachment
VPN keeps disconnecting from home
The printer on floor 3 does not print
Cannot connect to the Wi-Fi in meeting room 2
Website returns error 500
Laptop won't turn on
Teams calls have no sound
Payroll is extremely slow this morning
File share not reachable since 8 am
Blue screen after the upgrade last night
No internet in the Hamburg office
Nobody can log in to the CRM
Paper jam in printer HH-12
My e-mails bounced with a strange message
Monitor flickers and goes black
Database server down
The booking page is not loading
Screen frozen, nothing responds
Citrix session times out after a minute
Calendar entries have disappeared""",
    TicketKind.SERVICE_REQUEST: """\
New mouse please
I need a second monitor for my home office
Please reset my password
Access to the finance folder for Jane Doe
Request for a Visio license
New employee starting Monday, needs laptop and phone
Please install Adobe Acrobat on my PC
Could I get a headset?
Please add me to the distribution list sales-emea
Order toner for printer B2
Please create a shared mailbox for the events team
We need a guest Wi-Fi account for Thursday
Set up an account for a contractor
Replacement battery for my phone
Grant access to Jira project OPS""",
    TicketKind.QUESTION: """\
How do I map a network drive?
How can I forward my calls to my mobile?
Where can I find the travel form?
What is the deadline for expense reports?
Is it possible to use my private phone for mail?
Which version of Office do we have?
Who is responsible for the intranet page?
When will the new portal be available?
Is there a guide for the new phones?
What does error 0x80070005 mean?
Can I take my laptop abroad?
Am I allowed to install Spotify?""",
    TicketKind.PROBLEM: """\
Find the root cause of the weekly mail outages
Recurring incidents with the VPN gateway need a permanent fix
Several incidents point at the same switch
Printer spooler keeps crashing every Monday, please investigate why
Known error: memory leak in the report server
Underlying cause of the login failures last week
Why do backups fail every month end? Analysis needed
Multiple incidents after each patch day""",
    TicketKind.CHANGE: """\
Please upgrade the database to version 16
Deploy release 4.2 to production
Please change the firewall rule for host web01
Migrate the file server to the new storage
Decommission server HH-OLD-7
Request for change: new load balancer
Planned maintenance of the core switch on Sunday
Roll out the browser update to all clients
Open port 443 to the partner network
Move the CRM to the new data centre""",
}

LABELLED = [(kind, title) for kind, text in TITLES.items() for title in text.splitlines()]
