"""What may cross a boundary: event models, topics, the CloudEvents envelope. Imports nothing of ours."""
