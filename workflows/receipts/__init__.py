"""The promise to confirm a message with a retour."""
