"""PostgreSQL as this program needs it: migrations, and an embedded server when none is given."""
