"""A candidate gets a test ID: by hand, by spreadsheet, by API, by ATS."""
