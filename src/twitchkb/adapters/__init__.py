"""
One file a format: each turns an assessment into something to look at or to send on.

An adapter reads the assessment and nothing else.
"""
