"""What stores have to bear: crowds, kills and faults, each judged and counted."""
