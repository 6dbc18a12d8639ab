"""The ways outside: e-mail by SMTP and Web Push, and the worker that goes them."""
