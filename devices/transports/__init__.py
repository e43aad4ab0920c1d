"""Where frames come from: Bluetooth, serial ports, recorded files."""
