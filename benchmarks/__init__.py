"""What the speed and accuracy claims are made with."""
