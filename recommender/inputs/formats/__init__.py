"""Files as tables and trees, with the line of everything: csv, xlsx, parquet, yaml."""
