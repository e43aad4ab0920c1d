"""What a sensor can say: frames from the air and the wire, decoders, transports and simulated devices."""
