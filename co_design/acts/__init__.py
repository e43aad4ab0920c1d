"""Everything that can be done to the record: each act checks what it is given, and is done whole or not at all."""
