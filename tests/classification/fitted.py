"""Sentences that the rules were mended with: own ones here, those of a review in `REVIEWED`.

Left of the bar stands every kind that a fair reader may take it for; nothing where it is none.
"""

from __future__ import annotations

KINDS = """\
incident|My new laptop smells of smoke
incident|Our new printer prints blank pages
incident|The new phone of Jana is broken
incident|The new monitor flickers
incident|My new headset doesn't connect
incident|My monitor has no picture
incident|My desk phone has no dial tone
incident|The scanner won't turn on
incident|Outlook does not send mails
incident|I don't receive any mails
incident|The portal didn't load
incident|The mail server crashed an hour ago
incident|Excel crashes every time I open a file
incident|I no longer have access to the archive
incident|She no longer has access to her mailbox
incident|We lost access to the bank portal
incident|Access to the CRM is broken
incident|No access to SAP since Monday
incident|The report worked yesterday, today it is empty
incident|My account is locked
incident|SAP has locked me out, I am locked out since nine
incident/service request|Please unlock my login
incident|My account was deactivated
incident|My account is blocked
incident/service request|Forgot my password for SAP
incident|My bag with my laptop was stolen
incident|I received a suspicious e-mail
incident|There may be a virus on my PC
incident|Please repair the coffee scanner
incident|Please fix my mouse
incident|I cannot order a new keyboard in the portal
incident|Ordering a laptop fails with an error
incident|It is not fixed, the printer is still broken
incident|Nothing works now
incident|The error is back
incident|VPN is down again
service request|I want a new mouse
service request|Please order a keyboard for me
service request|Order 3 headsets for the front desk
service request|We need two licenses of Visio
service request|Could you install Teams on my tablet?
service request|Need help installing the scanner software
service request|Please install Word on my new laptop
service request|Please add me to the mailing list
service request|New employee starts in June
service request|I would like a second monitor
service request|Please let me have access to the finance folder
service request|My mouse is not broken, I just need a longer cable so please order one: a new mouse cable
service request|Please grant access to the archive
service request|Request for a parking card
service request|I need a replacement mouse
question|How do I unlock a workbook in Excel?
question|Is there a known issue with the VPN?
question|Are there known problems with SAP today?
question|Is there an outage of the mail system?
question|Where can I see my orders?
question|Can I use my private tablet?
question|Which version of Office do we use?
question|Who is responsible for the CRM?
question|How do I get a new laptop?
problem|The backup fails every Monday, we need to know why
problem|We need the root cause of the crashes of SRV7
problem|It keeps happening, please find out why
problem|What is the cause of the repeated VPN failures?
problem|SAP freezes again and again, please investigate why
problem|Find a permanent fix for the paper jams
incident/problem|The label printer fails every morning
change|Please upgrade the database on Sunday
change|Request for change: open port 443
change|Roll out the new browser
change|Deploy the release tonight
|The mouse is not broken
|I don't need a new phone
|I no longer need the new monitor
|Thanks, it works again
|The problem is solved, please close the ticket
|The lamp is not broken and nothing is wrong
|The door is locked
|My bike is locked in the yard
|The old error is gone
"""

OUTAGES = """\
outage|The website is down
outage|SAP crashed
outage|VPN does not connect
outage|Scanner won't start
outage|I cannot open the portal
outage|Mail isn't working
outage|It worked at nine, now it is down
outage|Our line is dead
outage|Nobody can pay by card
outage|We had an outage on Monday and are offline again
degradation|Only the invoices cannot be printed
degradation|One of our lines is down
degradation|Half the branch cannot log in
degradation|Cannot scan in colour
degradation|The rest works, but search is down
degradation|The server can't keep up
degradation|You cannot believe how slow it is
degradation|The line goes up and down
degradation|Performance is down since noon
unknown|Please write this down
unknown|I took it down in my book
unknown|Prices went down
unknown|Press the down key
unknown|I cannot find the guide
unknown|I can't imagine that
unknown|We had an outage, it has been fixed
unknown|Mail was down on Sunday
unknown|All works again
unknown|The server isn't down
unknown|It is neither down nor slow
unknown|It is not a slow line
unknown|Nothing is slow
"""

REVIEWED_KINDS = """\
incident|I no longer have access to the CRM
incident|Need access to the CRM, it worked yesterday
incident|My new laptop does not turn on
incident|My new phone has no signal
|It is not broken
service request|Nothing is broken, I just need a new cable
|I do not need a new laptop
|The error is gone now
problem|The print server crashes every Monday at nine, we need to know why
|My car key is locked inside
incident/service request|Unlock my account please
incident|My account has been disabled
incident|My laptop was stolen
incident|I clicked on a phishing link
incident|No sound in video calls
service request|Order 5 licenses of Adobe Acrobat
incident|Please fix the printer
service request|Need help installing Zoom
service request|Can you install Visio on my laptop?
question|Is there a known problem with Teams today?
incident/service request|I forgot my password
"""

REVIEWED_OUTAGES = """\
unknown|Please write it down
unknown|The price went down
unknown|the down arrow key
unknown|I cannot find the manual
degradation|Performance is down
degradation|Can not print in colour, black works
degradation|Only the reports cannot be printed, everything else works
degradation|One of two printers is down
degradation|Wi-Fi cannot keep up
degradation|You can't imagine how slow it is
unknown|We had an outage yesterday, it is fixed
outage|The server crashed
outage|VPN doesn't connect
"""
