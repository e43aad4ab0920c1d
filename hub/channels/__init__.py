"""The ways to reach a person, each behind one protocol that returns evidence."""
