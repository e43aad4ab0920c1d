"""What holds for all tests."""

from hypothesis import settings

# A busy machine makes a single example slow now and then; where time is bounded, the test says so itself.
settings.register_profile("alongside", deadline=None)
settings.load_profile("alongside")
