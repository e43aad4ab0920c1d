"""Texts by a mobile modem on a serial port: the way that needs no broadband."""
