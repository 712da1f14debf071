"""The client vault: personal data sealed with a key per client, and the keys that wrap those keys."""
