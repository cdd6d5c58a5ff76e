"""What a business offers and at what price. Booking it, the diary and paying for it come to live here too; speaking of
it does not: that is the assistant's.
"""
