"""Who may do what, as a table: a row for each way to call a route or an event, and what comes of it for whom and when."""
