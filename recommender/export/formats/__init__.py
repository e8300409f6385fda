"""One form a file: workbook, calendar, database, data package, parquet."""
