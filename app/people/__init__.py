"""People: the workforce, teams in services, partner organisations in sectors, and panel members."""
