"""The first answer: greet in the customer's language, hand over when a person is asked for.

A small persona with fixed words. It knows nothing of services, bookings or models of language yet.
"""
