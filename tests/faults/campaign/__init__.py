"""What is promised under load and faults, at its full figures: `make campaign`. A run of all tests does a short form of it."""
