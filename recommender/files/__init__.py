"""Files on their way to their places: written, flushed, hashed and moved in one step."""
