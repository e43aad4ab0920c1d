"""What the speed claims are made with: each measured in a fresh process, on the real parts."""
