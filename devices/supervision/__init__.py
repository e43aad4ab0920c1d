"""Supervision: the hub always knows, and says, what it can and cannot see.

It learns how often each device is heard, and tells apart what may be wrong when one is not, or says what cannot be so.
Pure: time is an argument, and sentences come from tables.
"""
