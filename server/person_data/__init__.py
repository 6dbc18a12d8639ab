"""One's data: the services that archive and erase a person, bound to what they need."""
