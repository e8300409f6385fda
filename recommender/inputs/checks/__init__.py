"""Whether tables say what was meant: headers, ids, links, numbers, languages."""
