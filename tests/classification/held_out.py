"""Sentences that the rules were judged by, not mended with.

Those of `KINDS` and `OUTAGES` were written before the rules were mended, by the same author, who
knew them: some phrases of the rules are in them.  The `LATER` ones were written afterwards and
judged once, and the rules were left as they were: those are the fair measure.

Left of the bar stands every kind that a fair reader may take it for; nothing where it is none.
"""

from __future__ import annotations

KINDS = """\
incident|My headset has gone silent in every call
incident|The badge reader at the side door refuses my card
incident|My new tablet won't charge
incident|Since the new router came I have no internet at home
incident|Our new scanner produces blurred pages
incident|I have lost my access to the payroll folder
incident|There is no sound when I play a training video
incident|The projector in room 12 shows nothing
incident|My user has been deactivated over the weekend
incident/service request|Please unlock my user
incident/service request|I have forgotten my PIN
incident|Somebody stole my work phone in the train
incident|I opened an attachment that looks like phishing
incident|A virus warning pops up all the time
incident|Mails to our supplier come back
incident|The booking app crashed twice this morning
incident|My colleague no longer has access to the archive
incident|The order page shows an error when I order a chair
incident|I am unable to request a new badge in the portal
incident|Mobile phone doesn't connect to the car kit
incident|Printing fails since the update
incident/service request|The battery of my laptop is dead, I need a new one
incident|The shared calendar disappeared
incident|Excel freezes when saving
service request|Please set up a laptop for our trainee
service request|Can you install a PDF editor on my computer?
service request|Could you please give Marta access to the budget folder
service request|I would like to order two docking stations
service request|Requesting a parking permit for a visitor
service request|Please install the label printer in the warehouse office
service request/question|May I have a longer cable
service request|We need 3 licences of AutoCAD
service request|My old mouse is not broken but I want a quieter one
service request|New colleague joins in May and needs an account
service request/question|Need help setting up my new phone
service request|Order 20 USB sticks for the fair
service request|Please remove Jan from the mailing list
question|How do I set my status to away?
question|What is the guest Wi-Fi called?
question/incident|Is there an outage of the phone system right now?
question|Where do I see how much space is left?
question|Which form do I use for a new hire?
question|Do we have a licence for Photoshop?
question|When does the help desk open on Saturday?
problem|The scale in the warehouse freezes every morning, find out why
problem|It happens again and again: SAP jobs abort; what is behind it?
problem|Please find the root cause of the label printer crashes
problem|Third time this week that the gateway failed, we need a lasting solution
problem|Every month end the batch fails, please investigate the reason
change|Please upgrade the mail gateway on Sunday
change|Planned maintenance of the storage next weekend
change|Request for change: second DNS server
|The printer is fine again, thank you
|The outage is over
|Nothing fails any more, please close
|My flat keys are locked in my car
|I do not need the second screen any more
|It is not urgent and nothing is wrong
"""

OUTAGES = """\
outage|The mail server crashed
outage|Phone does not connect
outage|The shop is down again
outage|Nobody can reach the warehouse system
outage|SAP is unavailable since noon
outage|The door system stopped working
outage|I can't log in to payroll
degradation|Only the search is down, the rest works
degradation|Two of the five lines are down
degradation|The portal is unusably slow
degradation|Half of the users cannot log in
degradation|Some of us cannot print
degradation|Calls drop now and then
degradation|The mail server cannot keep up with the load
degradation|Cannot print on both sides, one side is fine
unknown|Please note down my new number
unknown|Sales are down this month
unknown|Use the down button to scroll
unknown|I cannot find the form for holidays
unknown|I can't remember where the guide was
unknown|I cannot wait to see the new portal
unknown|The outage of Monday has been fixed
unknown|There was an outage last week
unknown|Sit down and calm down
unknown|The server is not down
unknown|It is up again
unknown|You can't miss the new poster
unknown|Mail was down, it works again
"""

LATER_KINDS = """\
service request|Please install a new printer, the old one works fine
incident/service request|please install a new printer, the old one is broken
question|Why is my mailbox limited to 2 GB?
incident|Excel will not open the file
service request|Please order 10 chairs for room 5
|Nothing to report, all is well
incident|The user of the till is blocked
service request/question|I want to know who has access to the HR folder
incident|The VPN is not available
service request|The new trainee needs access to SAP
incident|My new mouse is great but my screen does not turn on
question|How do I report a phishing mail?
|I am not locked out any more
service request|Our room is locked, we need a key
incident|The app says user is disabled
change/service request|Please update the user manual
|There is no error any more
question|What is the phone number of the help desk?
incident|I didn't receive my code
service request|I do not have Visio yet, please install it
incident|All printers are down every Monday
problem/incident|The switch goes down every night
|Please do not open the attachment
service request|Please disable the user of a leaver
service request|I will not be in on Friday, please set up an out of office note
incident|The screen is never working
service request|Without a new monitor I cannot work
|No new laptop for me, thanks
service request|Phishing training for ten people, please
incident|It wasn't fixed: printing fails
|The outage was resolved
incident|My password has expired and I cannot log in
incident|Webcam is blurry since this morning
incident|Getting kicked out of the remote session every ten minutes
incident|Timesheet tool gives me a white page
incident|Cash desk 4 rejects every card
incident|Someone in accounting opened a strange attachment
incident|Our conference phone echoes badly
incident|The VPN says my certificate is invalid
incident|My mailbox is full and mails are refused
incident|The elevator display went dark
incident|Printer on floor 2 only prints half of each page
incident|I was logged out and now it rejects my password
incident|Invoices are sent twice to customers since Tuesday
incident/service request|My badge got lost at the airport
incident|The intranet search returns nothing
incident|Cannot hear the others in Teams
service request|One more chair for the meeting room please
service request|Looking for a laptop bag for my new colleague
service request|Please extend the account of our intern until August
service request|Could someone deliver paper to the third floor?
service request|Requesting admin rights on my machine
service request|I'd like to have Photoshop
service request|Please give our auditor read access to the ledger
service request|We are two new people and need e-mail addresses
question|Does anybody know the dial-in number?
question|How long are backups kept?
question|Are we allowed to use USB sticks?
question|Where are my scanned documents stored?
question|What happens to my files when I leave?
problem|The conveyor PC reboots every Tuesday, what is the underlying reason?
problem|We see the same crash on all tills each week; analyse the root cause
problem|Find out why backups keep failing
change|Please move the web shop to the new server on Sunday
change|Swap the firewall in Porto next week
change|Roll back last night's release
|Thank you, all good now
|The screen was broken but works again
|No need for a new phone, I found mine
|Please ignore my last mail
"""

LATER_OUTAGES = """\
outage|It is not that slow, it is down
outage|Is mail down?
unknown|Down with flu
unknown|My laptop fell down the stairs
degradation|Not only slow, often down
outage|No outage announced, yet SAP does not open
unknown|We cannot decide
outage|We cannot reach the server
outage|The line broke down
outage|I can't find any way to log in, SAP is dead
degradation|Down for some users
unknown|The download is done
outage|Backup failed, the server crashed again
outage|Nothing works in the shop
outage|The tills are dead
outage|Website unreachable from everywhere
outage|SAP won't open for anyone
outage|No one can print
degradation|Pages take forever to load
degradation|Video freezes now and then
degradation|Only half the phones ring
degradation|The backup is slower than last week
degradation|Teams drops calls sometimes
unknown|Please put my name down for the course
unknown|My battery is down to 20 percent
unknown|Turn down the heating please
unknown|I can't say when it started
unknown|The mouse wheel scrolls down
unknown|I cannot make it on Monday
unknown|Last week the mail was offline, since then all is well
unknown|We closed down the old office
"""
