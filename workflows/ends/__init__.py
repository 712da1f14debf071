"""The ends of imported care, taken up as they come near."""
