"""What is usual in one home, learnt from that home alone."""
