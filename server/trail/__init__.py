"""What the trail needs outside of the database."""
