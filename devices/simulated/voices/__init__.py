"""What each kind of simulated device says, and when: an endless stream of its own frames, from its own encoders."""
