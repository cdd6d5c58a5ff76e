"""Plans, subscriptions and what they allow: prices, limits, features, months counted, money received.

What is counted is decided above (a conversation's window, an employee, an inbox); here stand the numbers it is held
against, and the one place that says no.
"""
