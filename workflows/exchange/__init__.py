"""A batch of messages: received file by file, each once."""
