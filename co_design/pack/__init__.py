"""The open lab: a challenge pack with made-up homes for a hackathon, and counts of what people gave for a purpose."""
